import { colors as pc } from "./colors.ts";
import { lineProgress, noProgress, type Progress } from "./progress.ts";
import { barProgress } from "./progress_bar.ts";

export interface OutputOptions {
  /** One JSON object a line on stdout, and nothing else. */
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What a command says, to a person or to a machine. */
export class Output {
  readonly json: boolean;
  readonly #quiet: boolean;

  constructor({ json = false, quiet = false }: OutputOptions = {}) {
    this.json = json;
    this.#quiet = quiet;
  }

  /** A line for people. */
  line(text = ""): void {
    if (!this.json) console.log(text);
  }

  heading(text: string): void {
    this.line(`\n${pc.bold(text)}`);
  }

  /** Something that went on but may not be what was meant. */
  warn(text: string): void {
    if (this.json) this.emit("warning", { message: text });
    else console.error(`${pc.yellow("warning:")} ${text}`);
  }

  /** An object for machines. */
  emit(type: string, fields: object): void {
    if (this.json) console.log(JSON.stringify({ type, ...fields }));
  }

  /** Progress of one piece of work: a bar on a terminal, else a line now and then. */
  progress(name: string): Progress {
    if (this.json) return noProgress;
    const terminal = Boolean(process.stdout.isTTY && process.stderr.isTTY) && !this.#quiet;
    return terminal ? barProgress(name) : lineProgress(name, (text) => this.line(text));
  }
}
