import { advanceGeneration, dependsOn, Tensor } from "../autograd/index.ts";
import { sizeOf } from "../base/index.ts";
import { currentDevice, currentRecorder, eachRun, type Params } from "../gpu/index.ts";
import {
  fill,
  inFours,
  type NDArray,
  persistently,
  type Slot,
  scope,
  type UpdateKernel,
  update,
  upload,
} from "../kernels/index.ts";
import { checkHyper, mergeHyper } from "./options.ts";

/** Parameters that share hyperparameters; whatever a group leaves out is the optimizer's default. */
export type ParamGroup<Options> = { params: Iterable<Tensor> } & Partial<Options>;

/** A group as the optimizer holds it: nothing is left out. */
export type Group<Options> = { params: Tensor[] } & Options;

/** What `stateDict()` returns: plain data and host arrays, ready for a checkpoint. */
export interface OptimizerState {
  groups: Record<string, unknown>[];
  /** By the parameter's position over all groups. */
  state: Map<number, { step: number; values: Float32Array }>;
}

interface ParameterState {
  step: number;
  /** A tensor, so that its memory goes when the optimizer is collected. */
  readonly values: Tensor;
}

/** One parameter's update, and whose step count it takes. */
interface Update extends Slot {
  readonly of: ParameterState;
}

/** What has updates skipped on the GPU: see `GradScaler`. */
export interface Guard {
  /** u32 [overflow found, steps skipped so far]. */
  readonly flags: NDArray;
  /** Steps skipped, as far as the host knows: what a parameter's count starts from. */
  readonly skipped: number;
  /** Reads how many were skipped. */
  readSkipped(): Promise<number>;
  /** Starts counting anew. */
  clearSkipped(): void;
}

/**
 * Base of the optimizers. Parameters are updated in place by one fused kernel, one or two
 * tensors a dispatch; those without a gradient are left alone.
 */
export abstract class Optimizer<Options extends object> {
  readonly groups: Group<Options>[];
  /** What a group that doesn't say otherwise gets. */
  readonly defaults: Options;
  readonly #state = new Map<Tensor, ParameterState>();
  /** Set by a `GradScaler` once it steps this optimizer. */
  guard: Guard | null = null;

  constructor(
    readonly name: string,
    params: Iterable<Tensor> | Iterable<ParamGroup<Options>>,
    defaults: Options,
    options: Partial<Options>,
  ) {
    this.defaults = mergeHyper(name, defaults, options);
    this.groups = toGroups(name, params, this.defaults);
    for (const group of this.groups) this.checkGroup(group);
  }

  /** For hyperparameters that don't go together. */
  protected checkGroup(_group: Group<Options>): void {}

  /** How many sections of the parameter's size the update keeps. */
  protected abstract sections(group: Group<Options>): number;
  protected abstract kernel(group: Group<Options>): UpdateKernel;
  /** Kernel parameters for a pair of parameters that have taken `steps` steps, this one included. */
  protected abstract hyper(
    group: Group<Options>,
    steps: readonly [number, number],
    /** Whether some of the steps may have been skipped, which the kernel then takes into account. */
    guarded: boolean,
  ): Params;

  /** Tells a step that is being recorded what it depends on. */
  #noteUse(): void {
    dependsOn(this, () => {
      const list: unknown[] = [this.guard];
      for (const group of this.groups) {
        list.push(group, this.kernel(group)({}), this.sections(group));
        for (const param of group.params)
          list.push(param, param.requiresGrad, this.#state.get(param)?.values);
      }
      return list;
    });
  }

  /** All parameters, in order. */
  get params(): Tensor[] {
    this.#noteUse();
    return this.groups.flatMap(({ params }) => params);
  }

  /** Adds a group, such as layers unfrozen later. */
  addGroup(group: ParamGroup<Options>): void {
    const [added] = toGroups(this.name, [group], this.defaults);
    const known = new Set(this.params);
    if (added!.params.some((param) => known.has(param))) {
      throw new Error(`${this.name}: a parameter of the new group is in another group already`);
    }
    this.checkGroup(added!);
    this.groups.push(added!);
  }

  /** Updates every parameter that has a gradient, and submits the work. */
  step(): void {
    this.#noteUse();
    scope(
      () => {
        for (const group of this.groups) this.#stepGroup(group);
      },
      () => [],
    );
    if (currentRecorder()) return;
    advanceGeneration();
    currentDevice().flush();
  }

  #stepGroup(group: Group<Options>): void {
    const ready = group.params.filter((param) => param.requiresGrad && param.hasGrad);
    const states = ready.map((param) => this.#stateOf(param, group));
    eachRun(() => {
      for (const state of states) state.step++;
    });
    const updates = ready.map((param, i): Update => {
      const state = states[i]!;
      const { array } = state.values;
      return { grad: param.usedGrad!, param: param.array, state: array, of: state };
    });
    const guarded = this.guard !== null;
    for (const [first, second = null] of together(updates, this.most)) {
      const hyper = () => this.hyper(group, [first!.of.step, second?.of.step ?? 1], guarded);
      this.launch(this.kernel(group), first!, second, hyper);
    }
  }

  /** Parameters that are updated in one launch, at most. */
  protected get most(): 1 | 2 {
    return currentDevice().profile.skipsBranches ? 2 : 1;
  }

  /**
   * Launches the update of one or two parameters.
   * @param hyper asked again at every replay of a captured step.
   */
  protected launch(
    kernel: UpdateKernel,
    first: Slot,
    second: Slot | null,
    hyper: () => Params,
  ): void {
    update(kernel, first, second, hyper, this.guard?.flags);
  }

  #stateOf(param: Tensor, group: Group<Options>): ParameterState {
    let state = this.#state.get(param);
    const sections = this.sections(group);
    const shape = [Math.max(1, sections), ...(sections ? [param.size] : [])];
    const kept = state?.values.array;
    const fits = kept?.storage.device === param.array.storage.device && kept.size === sizeOf(shape);
    if (!state || !fits) {
      const array = persistently(() => fill(shape, 0));
      // Averages that begin now, as momentum given later, count their steps from now on.
      const begun = kept && kept.size >= param.size ? state?.step : undefined;
      state = { step: begun ?? this.guard?.skipped ?? 0, values: new Tensor(array) };
      this.#state.set(param, state);
    }
    return state;
  }

  /** Sets every gradient to null. */
  zeroGrad(): void {
    for (const param of this.params) param.grad = null;
  }

  /** Hyperparameters, step counts and running averages, read back to the host. */
  async stateDict(): Promise<OptimizerState> {
    const groups = this.groups.map(({ params, ...options }) => ({
      ...options,
      size: params.length,
    }));
    // All reads start before the first is awaited, so that steps in between change nothing.
    const states = this.params.flatMap((param, i) => {
      const own = this.#state.get(param);
      return own ? [{ i, step: own.step, pending: own.values.data() }] : [];
    });
    const reading = states.map(({ pending }) => pending);
    const skipping = this.guard?.readSkipped() ?? 0;
    // Together: where the device is lost all of them fail, and none may do so unheard.
    const [values, skipped] = await Promise.all([Promise.all(reading), skipping]);
    const state: OptimizerState["state"] = new Map();
    states.forEach(({ i, step }, k) => {
      state.set(i, { step: step - skipped, values: values[k] as Float32Array });
    });
    return { groups, state };
  }

  /** @throws Error when groups, options or sizes differ; nothing is changed then. */
  loadStateDict({ groups, state }: OptimizerState): void {
    const params = this.params;
    this.#checkState({ groups, state }, params);
    this.guard?.clearSkipped();
    groups.forEach(({ size: _, ...options }, i) => {
      Object.assign(this.groups[i]!, options);
    });
    for (const { values } of this.#state.values()) values.dispose();
    this.#state.clear();
    for (const [i, { step, values }] of state) {
      const array = upload(values, [values.length], "f32").keep();
      this.#state.set(params[i]!, { step, values: new Tensor(array) });
    }
  }

  #checkState({ groups, state }: OptimizerState, params: readonly Tensor[]): void {
    const sizes = this.groups.map((group) => group.params.length).join();
    const given = groups.map(({ size }) => size).join();
    if (sizes !== given) {
      throw new Error(
        `${this.name}: the saved groups have ${given || "no"} parameters, this optimizer's ${sizes}`,
      );
    }
    const merged = groups.map(({ size: _, ...options }, i) => {
      checkHyper(this.name, options, this.defaults);
      return { ...this.groups[i]!, ...options } as Group<Options>;
    });
    const expected = merged.flatMap((group) =>
      group.params.map((param) => Math.max(1, this.sections(group) * param.size)),
    );
    for (const [i, { values }] of state) {
      if (values.length === expected[i]) continue;
      const need = params[i] ? `${params[i]} needs ${expected[i]}` : "there is no such parameter";
      throw new Error(`${this.name}: saved state ${i} has ${values.length} values; ${need}`);
    }
  }
}

function asGroups<Options>(
  name: string,
  given: Iterable<Tensor> | Iterable<ParamGroup<Options>>,
): ParamGroup<Options>[] {
  const items = listOf<Tensor | ParamGroup<Options>>(name, given);
  const none: Partial<Options> = {};
  return items.every((item) => item instanceof Tensor)
    ? [{ params: items, ...none }]
    : (items as ParamGroup<Options>[]);
}

/** @throws TypeError for what can't be listed, such as a model in place of its parameters. */
export function listOf<Item>(name: string, given: Iterable<Item>): Item[] {
  if (Symbol.iterator in Object(given)) return [...given];
  throw new TypeError(`${name}: expects a list of tensors, as model.parameters(), or of groups`);
}

function toGroups<Options extends object>(
  name: string,
  given: Iterable<Tensor> | Iterable<ParamGroup<Options>>,
  defaults: Options,
): Group<Options>[] {
  const listed = asGroups(name, given);
  const seen = new Set<Tensor>();
  return listed.map(({ params, ...options }) => {
    const tensors = listOf(name, params);
    const merged = mergeHyper(name, defaults, options as Partial<Options>);
    if (tensors.length === 0) throw new Error(`${name}: a group has no parameters`);
    for (const param of tensors) {
      if (!(param instanceof Tensor)) throw new Error(`${name}: a parameter is not a tensor`);
      if (!param.isLeaf) throw new Error(`${name}: can't optimize ${param}: it is not a leaf`);
      if (seen.has(param)) throw new Error(`${name}: ${param} is in more than one group`);
      seen.add(param);
    }
    return { ...merged, params: tensors };
  });
}

/** Up to `most` updates a dispatch: those in fours together, so that one odd tensor doesn't slow its neighbour. */
function together(updates: readonly Update[], most: 1 | 2): Update[][] {
  const alike = [updates.filter(inFours), updates.filter((update) => !inFours(update))];
  return alike.flatMap((list) =>
    list.flatMap((_, i) => (i % most === 0 ? [list.slice(i, i + most)] : [])),
  );
}
