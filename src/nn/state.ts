import { requireTensor, type Tensor } from "../autograd/index.ts";
import { checkOptions, shapeText } from "../base/index.ts";
import { copyInto } from "../kernels/index.ts";

/** Tensors by path, as PyTorch names them. */
export type StateDict = Record<string, Tensor>;

/**
 * Copies `given` into `own`, by name, all or nothing.
 * @throws Error listing every problem.
 */
export function assignState(
  own: StateDict,
  given: StateDict | Map<string, Tensor>,
  options: { strict?: boolean },
): void {
  checkOptions("loadStateDict", options, ["strict"]);
  const { strict = true } = options;
  if (Object(given) !== given)
    throw new TypeError(`loadStateDict: expects tensors by name, not ${given}`);
  const source = new Map(given instanceof Map ? given : Object.entries(given));
  // PyTorch counts batches in BatchNorm; nothing here depends on it.
  for (const name of source.keys()) if (name.endsWith("num_batches_tracked")) source.delete(name);
  const problems = mismatches(own, source);
  if (strict) problems.push(...missing(own, source), ...unexpected(own, source));
  if (problems.length > 0)
    throw new Error(`loadStateDict: nothing was loaded\n  ${problems.join("\n  ")}`);
  for (const [name, tensor] of source) {
    const target = Object.hasOwn(own, name) ? own[name] : null;
    if (target) copyInto(target.array, tensor.array);
  }
}

function mismatches(own: StateDict, source: Map<string, Tensor>): string[] {
  const problems: string[] = [];
  for (const [name, tensor] of source) {
    const target = Object.hasOwn(own, name) ? own[name] : null;
    if (!target) continue;
    requireTensor("loadStateDict", name, tensor);
    const [want, got] = [shapeText(target.shape), shapeText(tensor.shape)];
    if (want !== got) problems.push(`${name}: shape ${got} in the state, ${want} in the model`);
    else if (target.dtype !== tensor.dtype) {
      problems.push(`${name}: dtype ${tensor.dtype} in the state, ${target.dtype} in the model`);
    }
  }
  return problems;
}

function missing(own: StateDict, source: Map<string, Tensor>): string[] {
  return Object.keys(own)
    .filter((name) => !source.has(name))
    .map((name) => `${name}: missing from the state`);
}

function unexpected(own: StateDict, source: Map<string, Tensor>): string[] {
  return [...source.keys()]
    .filter((name) => !Object.hasOwn(own, name))
    .map((name) => `${name}: not in the model`);
}
