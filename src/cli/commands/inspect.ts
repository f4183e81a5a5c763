import type { WeightFile, WeightTensor } from "../../formats/index.ts";
import { FROM_FILE, specOf } from "../../models/index.ts";
import { type Cost, costOf } from "../cost.ts";
import { startDevice } from "../device.ts";
import { EXIT } from "../errors.ts";
import { bytes, count, flops, padEnd, padStart, plural, some } from "../format.ts";
import type { NetworkInfo } from "../info.ts";
import type { CommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import type { PlanOptions, Pretrained } from "../plan.ts";
import { describeNetwork } from "../saved_network.ts";
import { openWeights } from "../weights.ts";

export interface InspectOptions extends CommonOptions, PlanOptions {
  /** Lists every tensor, however many. */
  readonly all?: boolean;
  /** false: leave out what takes building the network. */
  readonly cost?: boolean;
}

/** Images a step that the memory of training is given for. */
const BATCH = 32;
/** Without `--all`, so many tensors at the beginning and at the end are shown. */
const SHOWN = 20;

/** What batch normalisation counts and averages: no parameters. */
const STATISTICS = /(running_mean|running_var|num_batches_tracked)$/;

/** `graft inspect`: what a weight file holds. */
export async function inspect(
  options: InspectOptions,
  output: Output,
  [path]: readonly string[],
): Promise<number> {
  const pretrained = await openWeights(path, output);
  const { file, info } = pretrained;
  const tensors = [...file.tensors.values()];
  output.line(`${path}: ${file.format}, ${plural(tensors.length, "tensor")}`);
  const trained = tensors.filter(({ name }) => !STATISTICS.test(name));
  output.line(`  parameters    ${count(total(trained))} (${bytes(4 * total(trained))} as float32)`);
  output.line(`  stored as     ${dtypesText(tensors)}`);
  output.line(`  architecture  ${architectureText(file, info)}`);
  if (info) {
    const { size, channels } = info.input;
    output.line(`  input         ${channels}×${size}×${size}`);
    output.line(`  classes       ${some(info.classes, 12)}`);
  }
  for (const note of file.notes) output.line(`  note          ${note}`);
  if (file.graphError) output.warn(file.graphError.message);
  const cost = options.cost === false ? null : await findCost(options, pretrained, output);
  output.line(`\n${tensorTable(tensors, options.all ?? false)}`);
  output.emit("file", {
    cost,
    path,
    format: file.format,
    architecture: architectureName(file, info),
    parameters: total(trained),
    notes: file.notes,
    metadata: file.metadata,
    tensors: tensors.map(({ name, shape, dtype, originalName, originalShape }) => ({
      name,
      shape,
      dtype,
      originalName,
      originalShape,
    })),
  });
  return EXIT.ok;
}

/** Null, with a word about why, where the network can't be built. */
async function findCost(
  options: InspectOptions,
  pretrained: Pretrained,
  output: Output,
): Promise<Cost | null> {
  let info: NetworkInfo;
  try {
    info = describeNetwork(options, pretrained);
  } catch {
    return null; // which architecture it is was said to be unknown already
  }
  const device = await startDevice(options.adapter ?? "system");
  try {
    const cost = costOf(info, BATCH);
    const { size, channels } = info.input;
    const forward = cost.flops === null ? "not known" : flops(cost.flops);
    output.line(`  forward       ${forward} for one image of ${channels}×${size}×${size}`);
    output.line(`  training      ${memoryText(cost)}`);
    return cost;
  } catch (error) {
    output.warn(`its cost is unknown: ${error instanceof Error ? error.message : error}`);
    return null;
  } finally {
    device.destroy();
  }
}

function memoryText({ trainingBytes, why, batchSize }: Cost): string {
  const how = `all layers, batches of ${batchSize}, Adam`;
  if (trainingBytes === null) return `too large for this adapter (${how}): ${why}`;
  return `${bytes(trainingBytes)} on the GPU (${how})`;
}

function elements({ shape }: WeightTensor): number {
  return shape.reduce((product, n) => product * n, 1);
}

function total(tensors: readonly WeightTensor[]): number {
  return tensors.reduce((sum, tensor) => sum + elements(tensor), 0);
}

function dtypesText(tensors: readonly WeightTensor[]): string {
  const byType = new Map<string, number>();
  for (const { dtype } of tensors) byType.set(dtype, (byType.get(dtype) ?? 0) + 1);
  return [...byType].map(([dtype, n]) => `${dtype} (${n})`).join(", ");
}

function architectureText(file: WeightFile, info: NetworkInfo | null): string {
  const name = architectureName(file, info);
  if (info || name === null) return name ?? "unknown";
  return name === FROM_FILE ? "described in the file" : `${name}, by its tensors`;
}

/** As it says itself, or as its tensors tell; null where neither does. */
function architectureName(file: WeightFile, info: NetworkInfo | null): string | null {
  if (info) return info.architecture;
  return file.graph ? FROM_FILE : (specOf(file)?.spec.name ?? null);
}

function tensorTable(tensors: readonly WeightTensor[], all: boolean): string {
  const longest = Math.max(4, ...tensors.map(({ name }) => name.length));
  const rows = tensors.map(
    ({ name, shape, dtype }) =>
      `  ${padEnd(name, longest)}  ${padStart(dtype, 5)}  [${shape.join(", ")}]`,
  );
  if (all || rows.length <= 2 * SHOWN) return rows.join("\n");
  const left = `  … ${rows.length - 2 * SHOWN} more (--all shows them)`;
  return [...rows.slice(0, SHOWN), left, ...rows.slice(-SHOWN)].join("\n");
}
