import type { Task } from "../../base/index.ts";
import type { TaskEvent } from "../../finetune/index.ts";
import { worded } from "../../finetune/index.ts";
import { typed } from "../naming.ts";
import { bytes, plural } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";
import type { Progress } from "../terminal/progress.ts";
import { visibleIn } from "../terminal/visible.ts";

/** Says what evaluating, predicting, converting and the like do. */
export class TaskWords<E extends TaskEvent> {
  readonly #output: Output;
  #progress: Progress | null = null;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Goes through a task's events. @returns its result. */
  async sayAll<R>(task: Task<E, R>): Promise<R> {
    try {
      for await (const event of task) this.#say(visibleIn<TaskEvent>(event));
      return await task;
    } finally {
      this.#rest();
    }
  }

  #say(event: TaskEvent): void {
    const output = this.#output;
    if (event.type === "reading") {
      const name = event.download ? `downloading ${event.name}` : "reading weights";
      this.#progress ??= output.progress(name);
      this.#progress.bytes(event.done, event.total);
      return;
    }
    if (event.type === "measuring") {
      this.#progress ??= output.progress("measuring");
      this.#progress.problems(event.done, event.total);
      return;
    }
    this.#rest();
    if (event.type === "pretrained") {
      const { name, size, licence } = event;
      output.line(`Pretrained: ${name}, ${bytes(size)}, licence ${licence}`);
    } else if (event.type === "network") {
      const { architecture, classes, input } = event.network;
      const { channels, size } = input;
      output.line(
        `Network: ${event.name}, ${architecture}, ${classes.length} classes, input ${channels}×${size}×${size}`,
      );
    } else if (event.type === "testData") {
      output.line(`Data: ${plural(event.count, "image")} of ${event.kind} ${event.name}`);
    } else if (event.type === "adapter") {
      output.line(`Running on ${event.name}`);
      output.emit("adapter", event);
    } else output.warn(worded(event.message, typed));
  }

  #rest(): void {
    this.#progress?.stop();
    this.#progress = null;
  }
}
