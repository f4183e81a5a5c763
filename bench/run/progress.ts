import { type Colors, colorsFor } from "../report/colors.ts";
import { firstLine, roughTime, seconds, times } from "../report/format.ts";
import { ratioTo, secondsOf } from "../report/ratios.ts";
import { OUT_OF_TIME, type Row } from "../types.ts";
import type { Workload } from "../workloads/workload.ts";
import { expectedCost } from "./cost.ts";

export interface ProgressOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Tells what runs and how long it will still take. */
export class Progress {
  readonly #costs: Map<string, number>;
  readonly #total: number;
  #done = 0;
  #finished = 0;
  #shown = "";
  readonly #begun = performance.now();
  readonly #colors: Colors;

  constructor(
    private readonly workloads: readonly Workload[],
    engines: readonly string[],
    private readonly output: ProgressOutput,
  ) {
    this.#costs = new Map(workloads.map((item) => [item.id, expectedCost(item, engines)]));
    this.#colors = colorsFor(output);
    this.#total = [...this.#costs.values()].reduce((sum, cost) => sum + cost, 0);
  }

  /** What goes on now; replaces the line of before on a terminal, and is left out elsewhere unless the row is new. */
  say(text: string, id?: string): void {
    const workload = this.workloads.find((item) => item.id === id);
    if (!workload) {
      this.line(this.#colors.dim(text));
      return;
    }
    const where = `[${this.#finished + 1}/${this.workloads.length}] ${workload.title}`;
    const status = `${where} · ${text}${this.#left()}`;
    if (this.output.isTTY) this.output.write(`\r\x1b[2K${this.#colors.dim(status.slice(0, 110))}`);
    else if (this.#shown !== workload.id) this.output.write(`${where}${this.#left()}\n`);
    this.#shown = workload.id;
  }

  finish(row: Row): void {
    this.#finished++;
    this.#done += this.#costs.get(row.id) ?? 0;
    this.line(rowText(row, this.#colors));
  }

  /** A whole line of its own. */
  line(text: string): void {
    this.output.write(`${this.output.isTTY ? "\r\x1b[2K" : ""}${text}\n`);
  }

  #left(): string {
    const share = this.#done / this.#total;
    if (share < 0.05) return "";
    const spent = (performance.now() - this.#begun) / 1000;
    return ` · about ${roughTime((spent * (1 - share)) / share)} left`;
  }
}

/** "✓ matmul 512³: 61.2 ms · jax 2.31×, tfjs 9.87×" */
function rowText(row: Row, colors: Colors): string {
  const own = secondsOf(row, "graft");
  const failed = row.results.some(({ engine, error }) => engine === "graft" && error);
  const ratios = row.results.flatMap(({ engine, error }) => {
    if (engine === "graft") return error ? [firstLine(error)] : [];
    const ratio = ratioTo(row, engine);
    if (ratio !== null) return [`${engine} ${times(ratio)}`];
    if (error === undefined) return []; // measured, but in more than one number
    return [`${engine} ${error === OUT_OF_TIME ? "not run" : "failed"}`];
  });
  const time = own === null ? "" : `: ${seconds(own)}`;
  const mark = failed ? colors.red("✗") : colors.green("✓");
  return `${mark} ${row.title}${time}${ratios.length > 0 ? colors.dim(` · ${ratios.join(", ")}`) : ""}`;
}
