import { currentRecorder, keepContext, type Recorder, runNow, Variable } from "../../gpu/index.ts";
import { innerScope, NDArray, scope } from "../../kernels/index.ts";
import type { OpSpec, PlannedOp, Wanted } from "../definition.ts";
import type { Pass } from "../passes/pass.ts";
import { outline, runOp } from "../run_op.ts";
import { Tensor } from "../tensor.ts";
import { PendingValue } from "./pending_value.ts";

const program = new Variable<Program | null>(null);

/**
 * Ops that were applied and don't run before somebody needs what they give. Meanwhile passes may rewrite them: see
 * `passes/`.
 */
export class Program {
  /** All ops in the order in which they were applied. */
  readonly ops: PlannedOp[] = [];
  readonly #values = new Map<Tensor, PendingValue>();
  readonly #held: NDArray[] = [];
  #waiting: PlannedOp[] = [];
  #isLowering = false;

  /**
   * @param recorder ops that are applied while it records wait; null: all do, and each runs by itself when it is
   *   asked for.
   */
  constructor(
    private readonly recorder: Recorder | null,
    private readonly passes: readonly Pass[],
  ) {
    // What is written must be read first by what was applied before.
    if (recorder) recorder.beforeLaunch = () => this.flush();
  }

  /** Runs `fn` and takes the ops that it applies. */
  run<R>(fn: () => R): R {
    return program.run(this, fn);
  }

  /** Whether ops applied now wait. */
  get takesOps(): boolean {
    return this.recorder === null || this.recorder === currentRecorder();
  }

  /** Notes an op. @throws Error at once for what the op refuses. */
  apply<A>(op: OpSpec<A>, inputs: readonly Tensor[], attributes: A, wanted: Wanted): Tensor {
    const given = inputs.map(({ array }) => array);
    const { shape, dtype, hasGraph } = outline(op, given, attributes, wanted);
    const value = new PendingValue(this);
    const output = new Tensor(new NDArray(value, shape, dtype), hasGraph, null, value);
    const arrays = this.recorder ? given.map((array) => array.share().keep()) : given;
    if (this.recorder) this.#held.push(...arrays);
    const inContext = keepContext();
    const planned: PlannedOp<A> = {
      op,
      inputs,
      arrays,
      attributes,
      wanted,
      output,
      identity: value,
      inContext,
    };
    value.planned = planned;
    this.#values.set(output, value);
    this.ops.push(planned);
    this.#waiting.push(planned);
    return output;
  }

  /** Has a value computed if its turn hasn't come. */
  compute(value: PendingValue): void {
    if (this.recorder) this.flush();
    else if (value.planned) this.lower(value.planned);
  }

  /** Rewrites and runs what waits. @param results are asked for afterwards. */
  flush(results: readonly Tensor[] = []): void {
    if (this.#isLowering || this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    const asked = new Set(results.map(({ array }) => array.identity));
    const ops = this.passes.reduce<readonly PlannedOp[]>(
      (list, pass) => pass(list, asked),
      waiting,
    );
    const kept = new Set(ops.map(({ output }) => output));
    for (const { output } of waiting) if (!kept.has(output)) this.#values.get(output)?.bypass();
    this.#isLowering = true;
    try {
      for (const planned of ops) this.lower(planned);
    } finally {
      this.#isLowering = false;
    }
  }

  /** Runs one op, as where it was applied. */
  lower({ op, inputs, arrays, attributes, wanted, output, prepare, inContext }: PlannedOp): void {
    const value = this.#values.get(output);
    if (!value || value.isComputed) return;
    const run = () =>
      scope(
        () => runOp(op, inputs, prepare?.() ?? arrays, attributes, wanted),
        (result) => [result.out],
      );
    const { out, node } = inContext(() => runNow([program.as(null), innerScope.as(null)], run));
    value.set(out, node);
    if (node) node.output = new WeakRef(output);
  }

  /** After all: what the results are is computed, and all else given up. */
  close(results: readonly Tensor[]): void {
    this.flush(results);
    for (const { array } of results) if (!array.released) array.storage; // computes it
    this.abandon();
  }

  /** Gives up everything. */
  abandon(): void {
    this.#waiting = [];
    for (const value of this.#values.values()) value.close();
    this.#values.clear();
    for (const array of this.#held) array.release();
    this.#held.length = 0;
  }
}

/** What takes the ops applied now; null where they run at once. */
export function currentProgram(): Program | null {
  return program.value?.takesOps ? program.value : null;
}

/** Has the ops run that wait. */
export function flushOps(): void {
  program.value?.flush();
}
