import { existsSync } from "node:fs";
import { loadWeights, type WeightFile, type WeightTensor } from "../../formats/index.ts";
import { EXIT, UsageError } from "../errors.ts";
import { bytes, count, padEnd, padStart, plural, some } from "../format.ts";
import { guessArchitecture } from "../guess.ts";
import { type NetworkInfo, readInfo } from "../info.ts";
import type { CommonOptions } from "../options.ts";
import type { Output } from "../output.ts";

export interface InspectOptions extends CommonOptions {
  /** Lists every tensor, however many. */
  readonly all?: boolean;
}

/** Without `--all`, so many tensors at the beginning and at the end are shown. */
const SHOWN = 20;

/** `graft inspect`: what a weight file holds. */
export async function inspect(
  { all }: InspectOptions,
  output: Output,
  [path]: readonly string[],
): Promise<number> {
  if (!/^https?:/i.test(path) && !existsSync(path)) {
    throw new UsageError(`${path}: no such file or folder`);
  }
  const file = await loadWeights(path);
  const info = readInfo(file, path);
  const tensors = [...file.tensors.values()];
  output.line(`${path}: ${file.format}, ${plural(tensors.length, "tensor")}`);
  output.line(`  parameters    ${count(total(tensors))} (${bytes(4 * total(tensors))} as float32)`);
  output.line(`  stored as     ${dtypesText(tensors)}`);
  output.line(`  architecture  ${architectureText(file, info)}`);
  if (info) {
    const { size, channels } = info.input;
    output.line(`  input         ${channels}×${size}×${size}`);
    output.line(`  classes       ${some(info.classes, 12)}`);
  }
  for (const note of file.notes) output.line(`  note          ${note}`);
  if (file.architectureError) output.warn(file.architectureError.message);
  output.line(`\n${tensorTable(tensors, all ?? false)}`);
  output.emit("file", {
    path,
    format: file.format,
    architecture: info?.architecture ?? guessArchitecture(file),
    parameters: total(tensors),
    notes: file.notes,
    metadata: file.metadata,
    tensors: tensors.map(({ name, shape, dtype, originalName }) => ({
      name,
      shape,
      dtype,
      originalName,
    })),
  });
  return EXIT.ok;
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
  if (info) return info.architecture;
  if (file.architecture) return "described in the file";
  const guess = guessArchitecture(file);
  return guess ? `looks like ${guess}` : "unknown";
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
