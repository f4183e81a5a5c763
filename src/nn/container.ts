import type { Tensor } from "../autograd/index.ts";
import { Module } from "./module.ts";
import { type Recompute, runSegments } from "./segments.ts";

/**
 * Modules run one after the other. Takes modules (named "0", "1", …) or one object of named
 * modules: `new Sequential({ conv1: …, relu1: … })`.
 *
 * What passes between its layers is freed as soon as neither the next layer nor a gradient needs
 * it, so a layer must not keep its input for later.
 */
export class Sequential extends Module {
  readonly #layers = new Map<string, Module>();
  /** Whether, and in how many segments, values are computed again for backward: see `setRecompute`. */
  recompute: Recompute = false;

  constructor(...layers: Module[] | [Readonly<Record<string, Module>>]) {
    super();
    const [first] = layers;
    const isNamed =
      layers.length === 1 && first && typeof first === "object" && !(first instanceof Module);
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
  }

  /** Adds a layer at the end, named by its position unless a name is given. */
  append(module: Module, name = String(this.#layers.size)): this {
    if (this.#layers.has(name)) throw new Error(`Sequential: there is a layer "${name}" already`);
    this.setChild(name, module);
    return this;
  }

  override forward(input: Tensor): Tensor {
    return runSegments(this.#layers.values(), this.training && this.recompute, input);
  }
}

/** A list of modules that are found as children; has no forward of its own. */
export class ModuleList extends Sequential {
  override forward(): Tensor {
    throw new Error("ModuleList has no forward(): call its modules");
  }
}
