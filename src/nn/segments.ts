import { checkpoint, isGradEnabled, type Tensor } from "../autograd/index.ts";
import type { Module } from "./module.ts";

/** How a chain of modules is cut for recomputation: into this number of segments, or (true) about √n of n; false: not at all. */
export type Recompute = boolean | number;

/** Runs modules in order and frees what only passes between them. */
export function runChain(modules: Iterable<Module>, input: Tensor): Tensor {
  return runEach([...modules], input, (module, x) => module.forward(x) as Tensor);
}

/**
 * Runs modules in order, in segments of which only the inputs are kept for backward; what is in
 * between is computed again. The last segment, whose turn comes first, is kept whole.
 */
export function runSegments(
  modules: Iterable<Module>,
  recompute: Recompute,
  input: Tensor,
): Tensor {
  const chain = [...modules];
  if (!recompute || !isGradEnabled()) return runChain(chain, input);
  const segments = cut(unitsOf(chain), recompute);
  return runEach(segments, input, (segment, x) =>
    segment === segments.at(-1) ? runChain(segment, x) : checkpoint((y) => runChain(segment, y), x),
  );
}

function runEach<Part>(
  parts: readonly Part[],
  input: Tensor,
  run: (part: Part, x: Tensor) => Tensor,
): Tensor {
  let x = input;
  for (const part of parts) {
    const output = run(part, x);
    if (x !== input && output !== x) x.dispose();
    x = output;
  }
  return x;
}

/**
 * Modules that belong together: one with a weight of two dimensions or more, such as a convolution, and what follows up to
 * the next. Cut in between, a convolution and its activation couldn't run as one kernel.
 */
function unitsOf(chain: readonly Module[]): Module[][] {
  const units: Module[][] = [];
  for (const module of chain) {
    const begins = module.parameters().some(({ ndim }) => ndim > 1);
    if (begins || units.length === 0) units.push([module]);
    else units.at(-1)!.push(module);
  }
  return units;
}

/** Cuts n units into segments of nearly equal length; about √n of them unless told otherwise. */
function cut(units: readonly Module[][], recompute: Recompute): Module[][] {
  const wanted = recompute === true ? Math.ceil(Math.sqrt(units.length)) : Number(recompute);
  const count = Math.min(wanted, units.length);
  const at = (i: number) => Math.round((i * units.length) / count);
  return Array.from({ length: count }, (_, i) => units.slice(at(i), at(i + 1)).flat());
}
