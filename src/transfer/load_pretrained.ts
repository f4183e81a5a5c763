import { checkOptions, sameShape, shapeText } from "../base/index.ts";
import {
  fetched,
  ReusedRoom,
  type WeightData,
  type WeightFile,
  type WeightTensor,
} from "../formats/index.ts";
import { type NDArray, overwrite } from "../kernels/index.ts";
import type { Module } from "../nn/index.ts";
import type { Named } from "./match_kinds.ts";
import { matchNames, sameElements } from "./match_names.ts";

export interface LoadOptions {
  /** What to do with a tensor whose shape differs from the model's. Default "error". */
  onMismatch?: "error" | "skip";
  /** Renames the file's tensors before matching; undefined leaves one out. */
  rename?: (name: string) => string | undefined;
}

/** What became of each tensor of the model and of the file. */
export interface LoadReport {
  /** The model's names that were loaded. */
  loaded: string[];
  /** Tensors of the file that were not used, and why. */
  skipped: { name: string; why: string }[];
  /** The model's names that the file has nothing for: they keep their values. */
  missing: string[];
  /** What was found under another name: the model's name → the file's. */
  renamed: Record<string, string>;
  /** Whose elements lie in another order or shape in the file: the model's name → the shape there. */
  transposed: Record<string, readonly number[]>;
}

/**
 * Copies a weight file into a model: names are matched (see `matchNames`), values converted to
 * float32. Everything is checked before anything is written, so a failure leaves the model as it was.
 *
 * @throws Error listing every shape mismatch unless they are to be skipped, or when nothing matches.
 */
export function loadPretrained(
  model: Module,
  file: WeightFile,
  options: LoadOptions = {},
): LoadReport {
  checkOptions("loadPretrained", options, ["onMismatch", "rename"]);
  const { onMismatch = "error", rename = (name: string) => name } = options;
  if (onMismatch !== "error" && onMismatch !== "skip") {
    throw new Error(`loadPretrained: onMismatch is "${onMismatch}"; it must be "error" or "skip"`);
  }
  const own = Object.entries(model.stateDict());
  const source = sourceTensors(knowsFiles(model) ? model.fittingFile(file) : file, rename);
  const shapes = own.map(([name, tensor]): Named => ({ name, shape: tensor.shape }));
  const matches = matchNames(
    shapes,
    [...source].map(([name, { shape }]) => ({ name, shape })),
  );
  const report: LoadReport = {
    ...{ loaded: [], skipped: [], missing: [] },
    ...{ renamed: {}, transposed: {} },
  };
  const targets = new Map(own);
  const chosen = new Map<string, WeightTensor>();
  for (const { name, source: from } of matches) {
    const [target, tensor] = [targets.get(name)!, source.get(from)!];
    if (sameElements(target.shape, tensor.shape)) {
      chosen.set(name, tensor);
      const there = tensor.originalShape ?? tensor.shape;
      if (tensor.originalShape || !sameShape(there, target.shape)) report.transposed[name] = there;
      if (name !== from) report.renamed[name] = from;
    } else {
      const why = `shape ${shapeText(tensor.shape)} in the file, ${shapeText(target.shape)} in the model (${name})`;
      report.skipped.push({ name: from, why });
    }
  }
  if (onMismatch === "error" && report.skipped.length > 0) throw mismatchError(report);
  listUnused(report, source, new Set(matches.map((match) => match.source)));
  if (chosen.size === 0) throw nothingMatched(shapes, source);
  write([...chosen].map(([name, from]) => ({ target: targets.get(name)!.array, from })));
  report.loaded = [...chosen.keys()];
  report.missing = own.map(([name]) => name).filter((name) => !chosen.has(name));
  return report;
}

/** Built of a file in which layers were replaced, so that its tensors may fit otherwise. */
interface KnowsFiles {
  fittingFile(file: WeightFile): WeightFile;
}

function knowsFiles(model: Module): model is Module & KnowsFiles {
  return "fittingFile" in model;
}

function sourceTensors(
  file: WeightFile,
  rename: (name: string) => string | undefined,
): Map<string, WeightTensor> {
  const tensors = new Map<string, WeightTensor>();
  for (const [name, tensor] of file.tensors) {
    const renamed = rename(name);
    if (renamed === undefined) continue;
    if (tensors.has(renamed)) {
      throw new Error(`loadPretrained: rename gives two tensors the name ${renamed}`);
    }
    tensors.set(renamed, tensor);
  }
  return tensors;
}

function listUnused(
  report: LoadReport,
  source: ReadonlyMap<string, WeightTensor>,
  used: ReadonlySet<string>,
): void {
  for (const name of source.keys()) {
    if (used.has(name)) continue;
    const counter = name.endsWith("num_batches_tracked");
    report.skipped.push({
      name,
      why: counter ? "a counter that nothing depends on" : "no tensor of this name in the model",
    });
  }
}

/**
 * All bytes are read before the model is touched, since a file may turn out damaged, or go away while it is read. Then one
 * tensor after the other is decoded, all in the same memory: together they would take the file's size again, or twice that.
 */
function write(pairs: readonly { target: NDArray; from: WeightTensor }[]): void {
  const read = pairs.map(({ target, from }) => ({ target, decode: fetched(from) }));
  // From the largest on, so that the memory needn't grow; what was read is let go on the way.
  read.sort((a, b) => a.target.size - b.target.size);
  const room = new ReusedRoom();
  for (let next = read.pop(); next; next = read.pop())
    overwrite(next.target, toFloats(next.decode(room.emptied())));
}

function toFloats(data: WeightData): Float32Array {
  return data instanceof Float32Array
    ? data
    : Float32Array.from(data as ArrayLike<number | bigint>, Number);
}

function mismatchError(report: LoadReport): Error {
  const lines = report.skipped.map(({ name, why }) => `${name}: ${why}`);
  return new Error(
    `loadPretrained: ${lines.length} tensors have another shape; nothing was loaded\n  ${lines.join("\n  ")}\n` +
      'Pass { onMismatch: "skip" } to keep the model\'s own values for them',
  );
}

function nothingMatched(model: readonly Named[], source: ReadonlyMap<string, WeightTensor>): Error {
  const list = (names: string[]) =>
    `${names.slice(0, 6).join(", ")}${names.length > 6 ? ", …" : ""}`;
  return new Error(
    `loadPretrained: no tensor of the file fits the model. The file has ${list([...source.keys()])}; the model has ` +
      `${list(model.map(({ name }) => name))}. Is it another architecture? Pass { rename } to map names`,
  );
}
