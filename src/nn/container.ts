import { structureChanged } from "../autograd/structure.ts";
import type { Tensor } from "../autograd/tensor.ts";
import { ReLU } from "./activation.ts";
import { BatchNorm2d } from "./batchnorm.ts";
import { Conv2d } from "./conv.ts";
import { canFold, forwardFolded } from "./fold.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";

/**
 * Modules run one after the other. Takes modules (named "0", "1", …) or one object of named
 * modules: `new Sequential({ conv1: …, relu1: … })`.
 *
 * What passes between its layers is freed as soon as neither the next layer nor a gradient needs
 * it, so a layer must not keep its input for later.
 */
export class Sequential extends Module {
  readonly #layers = new Map<string, Module>();

  constructor(...layers: Module[] | [Readonly<Record<string, Module>>]) {
    super();
    const [first] = layers;
    const isNamed = layers.length === 1 && first && !(first instanceof Module);
    const named = isNamed ? first : { ...(layers as Module[]) };
    for (const [name, layer] of Object.entries(named)) {
      if (!(layer instanceof Module)) throw new TypeError(`Sequential: "${name}" is not a module`);
      this.#layers.set(name, layer);
    }
  }

  get length(): number {
    return this.#layers.size;
  }

  [Symbol.iterator](): Iterator<Module> {
    return this.#layers.values();
  }

  override namedChildren(): [string, Module][] {
    return [...this.#layers];
  }

  override setChild(name: string, module: Module): void {
    this.#layers.set(name, module);
    structureChanged();
  }

  /** Adds a layer at the end, named by its position unless a name is given. */
  append(module: Module, name = String(this.#layers.size)): this {
    if (this.#layers.has(name)) throw new Error(`Sequential: there is a layer "${name}" already`);
    this.setChild(name, module);
    return this;
  }

  override forward(input: Tensor): Tensor {
    return runChain(this.#layers.values(), input);
  }
}

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
 * Runs as many modules from `i` on as one kernel can. Only the library's own classes are fused:
 * subclasses may have changed what forward does.
 */
function runFused(
  chain: readonly Module[],
  i: number,
  x: Tensor,
): { output: Tensor; used: number } {
  const [module, second, third] = chain.slice(i, i + 3) as [Module, Module?, Module?];
  if (isExactly(module, Conv2d) && isExactly(second, BatchNorm2d) && canFold(module, second, x)) {
    const relu = isExactly(third, ReLU);
    return { output: forwardFolded(module, second, x, relu ? "relu" : "none"), used: relu ? 3 : 2 };
  }
  if ((isExactly(module, Conv2d) || isExactly(module, Linear)) && isExactly(second, ReLU)) {
    return { output: module.forwardRelu(x), used: 2 };
  }
  return { output: module.forward(x) as Tensor, used: 1 };
}

function isExactly<M extends Module>(
  module: Module | undefined,
  type: new (...args: never[]) => M,
): module is M {
  return module?.constructor === type;
}

/** A list of modules that are found as children; has no forward of its own. */
export class ModuleList extends Sequential {
  override forward(): Tensor {
    throw new Error("ModuleList has no forward(): call its modules");
  }
}
