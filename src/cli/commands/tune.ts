import { clearTuning, settleTuning, type TuningRow, tuningTable } from "../../autograd/index.ts";
import { estimateMemory } from "../../train/index.ts";
import { builtinNetwork } from "../builtin.ts";
import { colors as pc } from "../colors.ts";
import { startDevice } from "../device.ts";
import { EXIT, UsageError } from "../errors.ts";
import { padEnd, padStart, plural } from "../format.ts";
import type { NetworkInfo } from "../info.ts";
import { createNetwork } from "../network.ts";
import type { CommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { type PlanOptions, planNetwork, planSize, specNamed } from "../plan.ts";
import { describeNetwork } from "../saved_network.ts";
import { openWeights } from "../weights.ts";

export interface TuneOptions extends CommonOptions, PlanOptions {
  readonly weights?: string;
  readonly batchSize?: number;
  /** Only show what is known. */
  readonly list?: boolean;
  /** Forget what is known. */
  readonly clear?: boolean;
}

/** `graft tune`: times the ways to compute each step of a network's training, and keeps the best. */
export async function tune(options: TuneOptions, output: Output): Promise<number> {
  if (options.list && options.clear) throw new UsageError("--list and --clear: give one of them");
  const asked = !options.list && !options.clear;
  const info = asked ? await networkFor(options, output) : null;
  const device = await startDevice(options.adapter ?? "system", output, "measure");
  try {
    if (options.clear) {
      await clearTuning();
      output.line("Forgot what was measured on this adapter.");
      return EXIT.ok;
    }
    const known = new Set(tuningTable().map(nameOf));
    if (info) await measure(info, options.batchSize ?? 32, output);
    show(tuningTable(), known, output);
    return EXIT.ok;
  } finally {
    device.destroy();
  }
}

/** The network of the weights, of the architecture, or the built-in one. */
async function networkFor(options: TuneOptions, output: Output): Promise<NetworkInfo> {
  if (options.weights !== undefined || options.arch === undefined) {
    const { weights } = options;
    const opened = weights ? await openWeights(weights, output) : await builtinNetwork();
    return describeNetwork(options, opened);
  }
  const architecture = specNamed(options.arch);
  const size = planSize(architecture, options, null, null);
  const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`);
  return planNetwork(options, null, { channels: 3 }, size, classes);
}

/** Recording a step tells which problems it poses; they are then measured one by one. */
async function measure(info: NetworkInfo, batchSize: number, output: Output): Promise<void> {
  const { channels, size } = info.input;
  const shape = [channels, size, size];
  output.line(
    `Measuring a training step of ${info.architecture}: all layers, ${batchSize} images of ${shape.join("×")}`,
  );
  estimateMemory(createNetwork(info), shape, { batchSize });
  const progress = output.progress("measuring");
  try {
    await settleTuning((done, total) => progress.problems(done, total));
  } finally {
    progress.stop();
  }
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
