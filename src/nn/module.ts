import { structureChanged } from "../autograd/structure.ts";
import { Tensor } from "../autograd/tensor.ts";
import { assignState, type StateDict } from "./state.ts";

/**
 * Base class of layers and models. Tensors and modules assigned to properties are found by
 * themselves: a tensor is a parameter unless it was registered as a buffer. Arrays of modules
 * count as `name.0`, `name.1`, ….
 */
export abstract class Module {
  training = true;
  /** State that is saved but not trained, by its name in state dicts. */
  readonly #buffers = new Map<string, Tensor>();

  abstract forward(...inputs: Tensor[]): unknown;

  /** Declares saved, untrained state under its name in state dicts, and returns it. */
  protected registerBuffer(name: string, tensor: Tensor): Tensor {
    this.#buffers.set(name, tensor);
    return tensor;
  }

  /** Direct sub-modules by name. */
  namedChildren(): [string, Module][] {
    const found: [string, Module][] = [];
    for (const [name, value] of Object.entries(this)) {
      if (value instanceof Module) found.push([name, value]);
      else if (Array.isArray(value)) {
        value.forEach((item, i) => {
          if (item instanceof Module) found.push([`${name}.${i}`, item]);
        });
      }
    }
    return found;
  }

  children(): Module[] {
    return this.namedChildren().map(([, child]) => child);
  }

  /** This module and all below it, with their paths ("" for itself). */
  *namedModules(prefix = ""): Generator<[string, Module]> {
    yield [prefix, this];
    for (const [name, child] of this.namedChildren()) yield* child.namedModules(join(prefix, name));
  }

  modules(): Module[] {
    return [...this.namedModules()].map(([, module]) => module);
  }

  /** Trainable and frozen parameters with their paths, in the order of definition. */
  namedParameters(): [string, Tensor][] {
    return [...this.namedModules()].flatMap(([path, module]) =>
      module.ownParameters().map(([name, tensor]): [string, Tensor] => [join(path, name), tensor]),
    );
  }

  parameters(): Tensor[] {
    return [...new Set(this.namedParameters().map(([, tensor]) => tensor))];
  }

  namedBuffers(): [string, Tensor][] {
    return [...this.namedModules()].flatMap(([path, module]) =>
      [...module.#buffers].map(([name, tensor]): [string, Tensor] => [join(path, name), tensor]),
    );
  }

  /** Parameters held by this module itself. */
  ownParameters(): [string, Tensor][] {
    const buffers = new Set(this.#buffers.values());
    return Object.entries(this).filter(
      (entry): entry is [string, Tensor] => entry[1] instanceof Tensor && !buffers.has(entry[1]),
    );
  }

  /**
   * Parameters and buffers by path, under the names PyTorch gives them. The tensors are the
   * module's own, not copies.
   */
  stateDict(): StateDict {
    return Object.fromEntries(
      [...this.namedModules()].flatMap(([path, module]) =>
        [...module.ownParameters(), ...module.#buffers].map(([name, tensor]) => [
          join(path, name),
          tensor,
        ]),
      ),
    );
  }

  /**
   * Copies values into parameters and buffers, by name.
   * @throws Error listing missing, unexpected and mismatched names; nothing is changed then.
   *   With `strict: false` only mismatched shapes are errors.
   */
  loadStateDict(state: StateDict | Map<string, Tensor>, options: { strict?: boolean } = {}): void {
    assignState(this.stateDict(), state, options);
  }

  train(mode = true): this {
    for (const module of this.modules()) {
      if (module.training !== mode) structureChanged();
      module.training = mode;
    }
    return this;
  }

  eval(): this {
    return this.train(false);
  }

  /** Freezes (`false`) or unfreezes every parameter in here. */
  requiresGrad_(flag = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad_(flag);
    for (const module of this.modules()) module.onFreeze(!flag);
    return this;
  }

  /** For layers whose state must not move while frozen, such as running statistics. */
  onFreeze(_frozen: boolean): void {}

  /** The sub-module at a path such as "features.0". @throws Error naming what is there instead. */
  get(path: string): Module {
    let module: Module = this;
    let rest = path;
    while (rest !== "") {
      const children = module.namedChildren();
      const match = children.find(([name]) => rest === name || rest.startsWith(`${name}.`));
      if (!match) {
        throw new Error(
          `no module "${path}": at "${rest}" there are ${children.map(([name]) => name).join(", ") || "none"}`,
        );
      }
      module = match[1];
      rest = rest.slice(match[0].length + 1);
    }
    return module;
  }

  /** Replaces the sub-module at a path. */
  set(path: string, module: Module): void {
    const dot = path.lastIndexOf(".");
    const name = path.slice(dot + 1);
    this.get(path); // throws for an unknown path
    const parentPath = path.slice(0, Math.max(0, dot));
    const listName = parentPath.slice(parentPath.lastIndexOf(".") + 1);
    const holder = /^\d+$/.test(name) ? this.#listAt(parentPath, listName) : null;
    if (holder) holder[Number(name)] = module;
    else this.get(parentPath).setChild(name, module);
    structureChanged();
  }

  /** The array of modules that a path like "layers.0" goes through, if it does. */
  #listAt(parentPath: string, listName: string): Module[] | null {
    const ownerPath = parentPath.slice(0, Math.max(0, parentPath.length - listName.length - 1));
    const list = Object.entries(this.get(ownerPath)).find(([key]) => key === listName)?.[1];
    return Array.isArray(list) ? (list as Module[]) : null;
  }

  /** Puts a child in place of the one of that name. */
  setChild(name: string, module: Module): void {
    Object.assign(this, { [name]: module });
  }
}

function join(prefix: string, name: string): string {
  return prefix ? `${prefix}.${name}` : name;
}
