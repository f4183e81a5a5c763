import { dependsOn, refuseMethods, Tensor } from "../autograd/index.ts";
import { addForwardHook, type ForwardHook, type HookHandle } from "./hooks.ts";
import { noteForward, settingsOf } from "./settings.ts";
import { assignState, type StateDict } from "./state.ts";
import { type ModelSummary, type SummaryOptions, summary } from "./summary.ts";

/**
 * Base class of layers and models. Tensors and modules assigned to properties are found by
 * themselves: a tensor is a parameter unless it was registered as a buffer. Arrays of modules
 * count as `name.0`, `name.1`, ….
 */
export abstract class Module {
  training = true;
  /** State that is saved but not trained, by its name in state dicts. */
  readonly #buffers = new Map<string, Tensor>();

  constructor() {
    noteForward(this, Module.prototype);
  }

  abstract forward(...inputs: Tensor[]): unknown;

  /** Tells a step that is being recorded that it depends on this module's settings, tensors and children. */
  noteUse(): void {
    dependsOn(this, () => settingsOf(this, this.#unseenChildren()));
  }

  /** Children that no property shows, as those of Sequential. */
  #unseenChildren(): Module[] {
    return this.namedChildren === Module.prototype.namedChildren ? [] : this.children();
  }

  /** How many images a training batch must have at least for this module by itself. */
  get minBatch(): number {
    return 1;
  }

  /** Is called when a trainer has put this module's state back, perhaps on another device: what isn't its state follows. */
  restored?(): void;

  /** Declares saved, untrained state under its name in state dicts, and returns it. */
  protected registerBuffer(name: string, tensor: Tensor): Tensor {
    tensor.array.keep();
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
    this.noteUse();
    yield [prefix, this];
    for (const [name, child] of this.namedChildren()) yield* child.namedModules(join(prefix, name));
  }

  /** This module and all below it, each once. */
  modules(): Module[] {
    return [...new Set([...this.namedModules()].map(([, module]) => module))];
  }

  /**
   * Trainable and frozen parameters with their paths, in the order of definition; one that is
   * reached by several paths is listed under the first.
   */
  namedParameters(): [string, Tensor][] {
    const found = new Map<Tensor, string>();
    for (const [path, module] of this.namedModules()) {
      for (const [name, tensor] of module.ownParameters()) {
        if (!found.has(tensor)) found.set(tensor, join(path, name));
      }
    }
    return [...found].map(([tensor, path]) => [path, tensor]);
  }

  parameters(): Tensor[] {
    return this.namedParameters().map(([, tensor]) => tensor);
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
    for (const module of this.modules()) module.setTraining(mode);
    return this;
  }

  /** As `train(mode)`, for this module alone. */
  setTraining(mode: boolean): void {
    this.training = mode;
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

  /** Replaces the sub-module at a path. @throws Error when there is none at that path. */
  set(path: string, module: Module): void {
    if (!(module instanceof Module)) throw new TypeError(`set "${path}": not a module`);
    const old = this.get(path);
    for (const [ownerPath, owner] of this.namedModules()) {
      const prefix = ownerPath ? `${ownerPath}.` : "";
      if (!path.startsWith(prefix)) continue;
      const child = owner.namedChildren().find(([name]) => prefix + name === path);
      if (child?.[1] !== old) continue;
      owner.setChild(child[0], module);
      return;
    }
    throw new Error(`set "${path}": a module can't replace itself, only its children`);
  }

  /**
   * Has `hook` called behind each forward pass of this module with (module, inputs, output), to keep a feature map, say.
   * What it returns, unless undefined, goes on in place of the output. The output stays readable as long as it is held;
   * inputs may be freed by the chain of layers behind (`clone` them). A captured step calls hooks when it is recorded,
   * anew whenever hooks are added or removed; return from the step what is to be read after each run.
   *
   * @returns a handle whose `remove()` takes the hook off again.
   * @example const handle = model.get("features.8").registerForwardHook((_, inputs, output) => { map = output; });
   */
  registerForwardHook(hook: ForwardHook<this>): HookHandle {
    return addForwardHook(this, hook);
  }

  /**
   * Prints layers, the shapes of what they give for an input of `inputShape`, the batch included, and the numbers of their
   * parameters, as Keras does. Nothing is computed.
   *
   * @returns what it printed.
   */
  summary(inputShape: readonly number[], options?: SummaryOptions): ModelSummary {
    return summary(this, inputShape, options);
  }

  /** The tree of modules with their settings and the shapes of their parameters. */
  toString(): string {
    const options = "options" in this ? this.options : null;
    const settings = Object.entries({ ...this, ...Object(options) }).flatMap(describe);
    const children = this.namedChildren().map(
      ([name, child]) => `\n  (${name}): ${String(child).replaceAll("\n", "\n  ")}`,
    );
    const end = children.length > 0 ? "\n" : "";
    return `${this.constructor.name}(${settings.join(", ")}${children.join("")}${end})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return String(this);
  }

  /** Puts a child in place of the one of that name: a property, or "name.0" in an array. */
  setChild(name: string, module: Module): void {
    const [list, index] = name.split(".");
    const held = Object.entries(this).find(([key]) => key === list)?.[1];
    if (index !== undefined && Array.isArray(held)) held[Number(index)] = module;
    else Object.assign(this, { [name]: module });
  }
}

/** What a module's description says of a property that is a tensor, a number, a text or a list of numbers. */
function describe([name, value]: [string, unknown]): string[] {
  const text = value instanceof Tensor ? `[${value.shape}]` : String(JSON.stringify(value));
  return /^(\[?-?\d|"|\[])/.test(text) ? [`${name}: ${text}`] : [];
}

function join(prefix: string, name: string): string {
  return prefix ? `${prefix}.${name}` : name;
}

refuseMethods(Module.prototype, "model", ["cuda cpu to: nothing to do"]);
