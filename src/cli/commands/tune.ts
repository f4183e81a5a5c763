import { clearTuning, type TuningRow, tuningTable } from "../../autograd/index.ts";
import { type TuneEvent, type TuneSettings, tune as tuneNetwork } from "../../finetune/index.ts";
import { init } from "../../kernels/index.ts";
import { EXIT, UsageError } from "../errors.ts";
import { builtinWeights } from "../paths.ts";
import { colors as pc } from "../terminal/colors.ts";
import { padEnd, padStart, plural } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";
import { TaskWords } from "../words/task.ts";

export interface TuneArguments extends TuneSettings {
  /** Only show what is known. */
  readonly list?: boolean;
  /** Forget what is known. */
  readonly clear?: boolean;
}

/** `graft tune`: times the ways to compute each step of a network's training, and keeps the best. */
export async function tune(
  { list, clear, ...settings }: TuneArguments,
  output: Output,
): Promise<number> {
  if (list && clear) throw new UsageError("--list and --clear: give one of them");
  await init({ tuning: "measure" });
  if (clear) {
    await clearTuning();
    output.line("Forgot what was measured on this adapter.");
    return EXIT.ok;
  }
  const known = new Set(tuningTable().map(nameOf));
  if (!list) {
    const words = new TaskWords<TuneEvent>(output);
    await words.sayAll(tuneNetwork(settings, { builtin: builtinWeights() }));
  }
  show(tuningTable(), known, output);
  return EXIT.ok;
}

const nameOf = ({ operation, shape }: TuningRow) => `${operation} ${shape}`;

function show(rows: readonly TuningRow[], known: ReadonlySet<string>, output: Output): void {
  output.emit("tuning", { rows });
  if (rows.length === 0) {
    output.line("Nothing has been measured on this adapter yet.");
    return;
  }
  const fresh = rows.filter((row) => !known.has(nameOf(row))).length;
  output.heading(`${plural(rows.length, "choice")} for this adapter, ${fresh} of them new`);
  const [operations, shapes] = [
    Math.max(...rows.map(({ operation }) => operation.length)),
    Math.max(...rows.map(({ shape }) => shape.length)),
  ];
  for (const { operation, shape, variant, milliseconds, candidates } of rows) {
    const others = candidates
      .filter((candidate) => candidate.variant !== variant)
      .map((candidate) => `${candidate.variant} ${candidate.milliseconds.toFixed(2)}`);
    output.line(
      `  ${padEnd(operation, operations)}  ${padEnd(shape, shapes)}  ` +
        `${padStart(milliseconds.toFixed(2), 8)} ms  ${pc.green(variant)}` +
        (others.length > 0 ? pc.dim(`  (${others.join(", ")})`) : ""),
    );
  }
  output.line(
    '\nKept for later runs that ask for it: --tuning measure, or init({ tuning: "measure" })',
  );
}
