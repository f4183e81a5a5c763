import { type FinetuneEvent, type TaskEvent, worded } from "../../finetune/index.ts";
import { typed } from "../naming.ts";
import { bytes } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";
import type { Progress } from "../terminal/progress.ts";

/** What runs and other tasks say alike, and what is shown of the work that goes on now. */
export class Words {
  protected readonly output: Output;
  #progress: { readonly name: string; readonly shown: Progress } | null = null;

  constructor(output: Output) {
    this.output = output;
  }

  /** Puts an end to what is shown of work under way. */
  rest(): void {
    this.#progress?.shown.stop();
    this.#progress = null;
  }

  /** The progress of the work of this name; what is shown of any other ends. */
  protected showing(name: string): Progress {
    if (this.#progress?.name !== name) {
      this.rest();
      this.#progress = { name, shown: this.output.progress(name) };
    }
    return this.#progress.shown;
  }

  /** Says what weights, adapters and warnings tell; everything else is left to `other`, with no progress shown. */
  protected sayAlike<E extends FinetuneEvent | TaskEvent>(event: E, other: (event: E) => void) {
    if (event.type === "reading") {
      const name = event.download ? `downloading ${event.name}` : "reading weights";
      this.showing(name).bytes(event.done, event.total);
      return;
    }
    this.rest();
    if (event.type === "pretrained") {
      const { name, size, licence } = event;
      this.output.line(`Pretrained: ${name}, ${bytes(size)}, licence ${licence}`);
    } else if (event.type === "adapter") this.output.line(`Running on ${event.name}`);
    else if (event.type === "warning") this.output.warn(worded(event.message, typed));
    else other(event);
  }
}
