import { checkpoint, isGradEnabled, type Tensor } from "../autograd/index.ts";
import { ReLU } from "./activation.ts";
import { Conv2d } from "./conv.ts";
import type { JoinsConv } from "./joins_conv.ts";
import { Linear } from "./linear.ts";
import type { Module } from "./module.ts";

/** How a chain of modules is cut for recomputation: into so many segments, or (true) as many as pay. */
export type Recompute = boolean | number;

/**
 * Runs modules in order and frees what only passes between them. A convolution or linear layer and
 * the ReLU after it run as one kernel, and a convolution takes a frozen batch normalisation in:
 * that saves passes over memory, and keeping values for backward.
 */
export function runChain(modules: Iterable<Module>, input: Tensor): Tensor {
  const chain = [...modules];
  let x = input;
  for (let i = 0; i < chain.length; ) {
    const { output, used } = runFused(chain, i, x);
    if (x !== input && output !== x) x.dispose();
    x = output;
    i += used;
  }
  return x;
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
  let x = input;
  segments.forEach((segment, i) => {
    const last = i === segments.length - 1;
    const output = last ? runChain(segment, x) : checkpoint((y) => runChain(segment, y), x);
    if (x !== input && output !== x) x.dispose();
    x = output;
  });
  return x;
}

/** Modules that belong together, because they may run as one kernel. */
function unitsOf(chain: readonly Module[]): Module[][] {
  const units: Module[][] = [];
  for (const module of chain) {
    const unit = units.at(-1);
    const [first] = unit ?? [];
    const joins =
      (joinsConv(module) && isExactly(unit?.at(-1), Conv2d)) ||
      (isExactly(module, ReLU) &&
        !isExactly(unit?.at(-1), ReLU) &&
        (isExactly(first, Conv2d) || isExactly(first, Linear)));
    if (unit && joins) unit.push(module);
    else units.push([module]);
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

/**
 * Runs as many modules from `i` on as one kernel can. Only the library's own classes are fused:
 * subclasses may have changed what forward does.
 */
function runFused(
  chain: readonly Module[],
  i: number,
  x: Tensor,
): { output: Tensor; used: number } {
  const [module, second, third] = chain.slice(i, i + 3) as [Module, Module?, Module?];
  if (isExactly(module, Conv2d) && second && joinsConv(second)) {
    const relu = isExactly(third, ReLU);
    const output = second.forwardWithConv(module, x, relu ? "relu" : "none");
    if (output) return { output, used: relu ? 3 : 2 };
  }
  if ((isExactly(module, Conv2d) || isExactly(module, Linear)) && isExactly(second, ReLU)) {
    return { output: module.forwardRelu(x), used: 2 };
  }
  return { output: module.forward(x) as Tensor, used: 1 };
}

function joinsConv(module: Module): module is Module & JoinsConv {
  return "forwardWithConv" in module;
}

function isExactly<M extends Module>(
  module: Module | undefined,
  type: new (...args: never[]) => M,
): module is M {
  return module?.constructor === type;
}
