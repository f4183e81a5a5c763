import { colors as pc } from "./colors.ts";
import { LiveLine } from "./live_line.ts";
import { lineProgress, liveProgress, noProgress, type Progress } from "./progress.ts";
import { visible, visibleJson, visibleMessage } from "./visible.ts";

export interface OutputOptions {
  /** One JSON object a line on stdout, and nothing else. */
  readonly json?: boolean;
  /** Rows of comma-separated values on stdout, and nothing else. */
  readonly csv?: boolean;
}

/** What a command says, to a person or to a machine. Nothing that a file or a folder is called is obeyed by a terminal. */
export class Output {
  readonly json: boolean;
  readonly csv: boolean;

  constructor({ json = false, csv = false }: OutputOptions = {}) {
    this.json = json;
    this.csv = csv;
  }

  /** A line for people. */
  line(text = ""): void {
    if (!this.json && !this.csv) console.log(visibleMessage(text));
  }

  /** A row for spreadsheets. */
  row(cells: readonly (string | number)[]): void {
    if (this.csv) console.log(cells.map((cell) => csvCell(visible(String(cell)))).join(","));
  }

  heading(text: string): void {
    this.line(`\n${pc.bold(text)}`);
  }

  /** Something that went on but may not be what was meant. */
  warn(text: string): void {
    if (this.json) this.emit("warning", { message: text });
    else this.note(`${pc.yellow("warning:")} ${text}`);
  }

  /** About the work itself, apart from what it gives: not for whoever reads the output. */
  note(text: string): void {
    if (!this.json) console.error(visibleMessage(text));
  }

  /** An object for machines. */
  emit(type: string, fields: object): void {
    if (this.json) console.log(visibleJson(JSON.stringify({ type, ...fields })));
  }

  /** Progress of one piece of work: a line that is drawn anew on a terminal, else lines now and then. */
  progress(name: string): Progress {
    if (this.json || this.csv) return noProgress;
    const terminal = Boolean(process.stdout.isTTY && process.stderr.isTTY);
    return terminal
      ? liveProgress(name, new LiveLine(process.stderr))
      : lineProgress(name, (text) => this.line(text));
  }
}

/** RFC 4180: in quotes where it holds what would end it. */
function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
