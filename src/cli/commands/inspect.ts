import {
  type Cost,
  type InspectEvent,
  type Inspection,
  type InspectSettings,
  inspect as inspectFile,
} from "../../finetune/index.ts";
import type { WeightTensor } from "../../formats/index.ts";
import { conventionText, FROM_FILE } from "../../models/index.ts";
import { EXIT } from "../errors.ts";
import { bytes, count, flops, padEnd, padStart, plural, some } from "../terminal/format.ts";
import type { Output } from "../terminal/output.ts";
import { visible } from "../terminal/visible.ts";
import { columns, shorten, width } from "../terminal/width.ts";
import { TaskWords } from "../words/task.ts";

export interface InspectArguments extends Omit<InspectSettings, "weights"> {
  /** Lists every tensor, however many. */
  readonly all?: boolean;
}

/** Without `--all`, so many tensors at the beginning and at the end are shown. */
const SHOWN = 20;

/** What batch normalisation counts and averages: no parameters. */
const STATISTICS = /(running_mean|running_var|num_batches_tracked)$/;

/** `graft inspect`: what a weight file holds. */
export async function inspect(
  { all = false, ...settings }: InspectArguments,
  output: Output,
  [weights]: readonly string[],
): Promise<number> {
  const words = new TaskWords<InspectEvent>(output);
  const found = await words.sayAll(inspectFile({ ...settings, weights }));
  show(weights, found, all, output);
  output.emit("file", jsonOf(weights, found));
  return EXIT.ok;
}

function show(path: string, found: Inspection, all: boolean, output: Output): void {
  const { file, said, network, cost } = found;
  const tensors = [...file.tensors.values()];
  const trained = parametersOf(found);
  output.line(`${path}: ${file.format}, ${plural(tensors.length, "tensor")}`);
  output.line(`  parameters    ${count(trained)} (${bytes(4 * trained)} as float32)`);
  output.line(`  stored as     ${dtypesText(tensors)}`);
  output.line(`  architecture  ${architectureText(found)}`);
  if (network) {
    const { size, channels } = network.input;
    output.line(`  input         ${channels}×${size}×${size}, ${conventionText(network.input)}`);
    output.line(`  outputs       ${network.classes.length}`);
  }
  const classes = said?.classes ?? file.graph?.classes;
  if (classes) output.line(`  classes       ${visible(some(classes, 12))}`);
  if (found.assumed !== null) output.line(`  note          ${found.assumed}`);
  for (const note of file.notes) output.line(`  note          ${note}`);
  if (file.graphError) output.warn(file.graphError.message);
  if (cost && network) {
    const { size, channels } = network.input;
    output.line(
      `  forward       ${flops(cost.flops)} for one image of ${channels}×${size}×${size}`,
    );
    output.line(`  training      ${memoryText(cost)}`);
  }
  output.line(`\n${tensorTable(tensors, all)}`);
}

function jsonOf(path: string, found: Inspection): object {
  const { file, architecture, cost } = found;
  const { format, notes, metadata } = file;
  const tensors = [...file.tensors.values()].map(
    ({ name, shape, dtype, originalName, originalShape }) => ({
      name,
      shape,
      dtype,
      originalName,
      originalShape,
    }),
  );
  const parameters = parametersOf(found);
  return { cost, path, format, architecture, parameters, notes, metadata, tensors };
}

function memoryText({ trainingBytes, why, batchSize }: Cost): string {
  const how = `all layers, batches of ${batchSize}, Adam`;
  if (trainingBytes === null) return `too large for this adapter (${how}): ${why}`;
  return `${bytes(trainingBytes)} on the GPU (${how})`;
}

function parametersOf({ file }: Inspection): number {
  const trained = [...file.tensors.values()].filter(({ name }) => !STATISTICS.test(name));
  return trained.reduce((sum, { shape }) => sum + shape.reduce((n, side) => n * side, 1), 0);
}

function dtypesText(tensors: readonly WeightTensor[]): string {
  const byType = new Map<string, number>();
  for (const { dtype } of tensors) byType.set(dtype, (byType.get(dtype) ?? 0) + 1);
  return [...byType].map(([dtype, n]) => `${dtype} (${n})`).join(", ");
}

function architectureText({ said, architecture }: Inspection): string {
  if (said || architecture === null) return architecture ?? "unknown";
  return architecture === FROM_FILE ? "described in the file" : `${architecture}, by its tensors`;
}

function tensorTable(tensors: readonly WeightTensor[], all: boolean): string {
  const shapes = tensors.map(({ shape }) => `[${shape.join(", ")}]`);
  const names = tensors.map(({ name }) => visible(name));
  const room = columns() - 11 - Math.max(0, ...shapes.map(width));
  const longest = Math.max(12, Math.min(room, Math.max(4, ...names.map(width))));
  const rows = tensors.map(
    ({ dtype }, i) =>
      `  ${padEnd(shorten(names[i], longest), longest)}  ${padStart(dtype, 5)}  ${shapes[i]}`,
  );
  if (all || rows.length <= 2 * SHOWN) return rows.join("\n");
  const left = `  … ${rows.length - 2 * SHOWN} more (--all shows them)`;
  return [...rows.slice(0, SHOWN), left, ...rows.slice(-SHOWN)].join("\n");
}
