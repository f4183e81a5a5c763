import { visibleMessage } from "./visible.ts";

/** Milliseconds between two drawings, at least. */
const EVERY = 80;

export interface Terminal {
  readonly columns?: number;
  write(text: string): unknown;
}

/** The last line of a terminal, drawn over as work goes on. */
export class LiveLine {
  #text = "";
  #drawn = false;
  #last = Number.NEGATIVE_INFINITY;

  constructor(private readonly stream: Terminal) {}

  /** The columns that a line may take without being wrapped. */
  get columns(): number {
    return Math.max(20, (this.stream.columns || 80) - 1);
  }

  /** Draws a text of at most `columns` in place of what was there; at once, or when it is due. */
  draw(text: string, atOnce = false): void {
    this.#text = visibleMessage(text);
    const now = performance.now();
    if (!atOnce && this.#drawn && now - this.#last < EVERY) return;
    this.#last = now;
    this.#drawn = true;
    this.stream.write(`\r\x1b[2K${this.#text}`);
  }

  /** Leaves a line of its own above. */
  print(text: string): void {
    const clear = this.#drawn ? "\r\x1b[2K" : "";
    this.stream.write(`${clear}${visibleMessage(text)}\n${this.#drawn ? this.#text : ""}`);
  }

  /** Ends with the last text; what is written next begins a line. */
  end(): void {
    if (this.#drawn) this.stream.write(`\r\x1b[2K${this.#text}\n`);
    this.#drawn = false;
  }
}
