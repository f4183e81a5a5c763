import type { CompileEvent, StepEvent, TrainEvent } from "../events.ts";
import { TargetReader } from "../loss/targets.ts";
import type { Position, Totals } from "../state/position.ts";
import { requireTrained } from "./begin_run.ts";
import { compileEvents } from "./compile.ts";
import { type DealtBatch, dealFrom } from "./deal.ts";
import { type Outcome, outcomeOf, type Part } from "./outcome.ts";
import type { LoopParts } from "./parts.ts";
import type { ProgressMeter } from "./progress.ts";
import { readLater } from "./step_result.ts";

/** A step whose work is queued and whose results are on their way. */
interface Submitted {
  readonly outcome: Promise<Outcome>;
  /** Steps skipped so far because half-precision gradients overflowed. */
  readonly skipped: Promise<number>;
  /** Where training stands after this step. */
  readonly at: Position;
  readonly learningRate: number;
  /** The examples in it. */
  readonly indices: readonly number[];
}

/** A step's loss is NaN or infinite. */
export class NonFiniteStep extends Error {
  constructor(
    readonly loss: number,
    readonly step: Pick<Submitted, "at" | "learningRate" | "indices">,
  ) {
    super(`the loss is ${loss}`);
  }
}

/** Somebody else found the device lost, and the state went back to a snapshot. */
export class StateMoved extends Error {}

/** What one epoch hands on to the next. */
export interface Progress {
  readonly meter: ProgressMeter;
  /** Whether the kernels are there: only their first compilation is worth events. */
  compiled: boolean;
}

/** The batches of one epoch, from where the state stands. */
export class Epoch {
  readonly #parts: LoopParts;
  readonly #progress: Progress;
  readonly #targets: TargetReader;
  readonly #recoveries: number;
  /** Batches that were dealt out since the last step, and those of them that were run. */
  #dealt = 0;
  #running: Part[] = [];
  #indices: number[] = [];
  #lastOutcome: Promise<unknown> = Promise.resolve();
  #skipped = 0;
  /** The learning rate of the last step. */
  learningRate = Number.NaN;

  constructor(parts: LoopParts, progress: Progress) {
    this.#parts = parts;
    this.#progress = progress;
    this.#targets = new TargetReader(parts.loss);
    this.#recoveries = parts.survival.recoveries;
  }

  /**
   * Runs the epoch's steps, each reported while the next one is under way. No step begins once the signal was raised: what
   * is reported after it was queued before.
   */
  async *events(): AsyncGenerator<TrainEvent, void, undefined> {
    const { plan, state, stepper } = this.#parts;
    const { position } = state;
    state.model.train();
    plan.options.beforeEpoch?.(position.epoch);
    requireTrained(state);
    stepper.begin();
    await this.#targets.prepare();
    this.#skipped = (await state.scaler?.readSkipped()) ?? 0;
    let submitted: Submitted | null = null;
    for await (const batch of dealFrom(plan, position)) {
      if (this.#mustEnd) break; // rather than compile
      yield* this.#compile(batch);
      await this.#parts.idle();
      this.#requireSameState();
      if (this.#mustEnd) break;
      this.#run(batch);
      const next: Submitted | null = this.#endsStep() ? this.#submit() : null;
      if (!next) continue;
      if (submitted) yield await this.#finish(submitted);
      submitted = next;
    }
    if (submitted) yield await this.#finish(submitted);
  }

  /** A step that has begun, of which this is a later batch, is ended. */
  get #mustEnd(): boolean {
    return this.#dealt === 0 && this.#parts.plan.options.signal?.aborted === true;
  }

  /** Records the step where that is due: then the number of outputs is known, before labels are used. */
  async *#compile({ inputs }: DealtBatch): AsyncGenerator<CompileEvent> {
    const { stepper, state } = this.#parts;
    const { compiled } = this.#progress;
    if (compiled && stepper.isRecorded(inputs)) return;
    // Parameters that begin to be trained count their steps from here on.
    await state.scaler?.readSkipped();
    if (compiled) await stepper.compile(inputs);
    else yield* compileEvents((report) => stepper.compile(inputs, report));
    this.#progress.compiled = true;
  }

  #requireSameState(): void {
    if (this.#parts.survival.recoveries !== this.#recoveries) throw new StateMoved();
  }

  /** Runs one batch: a whole step, or its part of one. A batch of ignored labels alone is passed over. */
  #run(batch: DealtBatch): void {
    const { plan, state, stepper, progress, labels: check } = this.#parts;
    const { inputs, indices } = batch;
    const index = state.position.batch + this.#dealt++;
    check.check(batch, plan.loader.dataset);
    const counted = this.#targets.read(batch);
    if (counted.weight === 0) return;
    const { loader, epochs } = plan;
    progress.value = (state.position.epoch + index / loader.length) / epochs;
    const result = stepper.run(inputs, counted.weight, this.#imagesAround(index));
    this.#running.push({ pending: readLater(result), counted, size: indices.length });
    this.#indices.push(...indices);
  }

  /** How many examples are in the step that a batch belongs to. */
  #imagesAround(index: number): number {
    const { loader, accumulate } = this.#parts.plan;
    const first = index - (index % accumulate);
    const end = Math.min(loader.length, first + accumulate);
    const { batchSize, examples } = loader.source;
    return (end === loader.length ? examples : end * batchSize) - first * batchSize;
  }

  #endsStep(): boolean {
    const { loader, accumulate } = this.#parts.plan;
    const batches = this.#parts.state.position.batch + this.#dealt;
    return batches % accumulate === 0 || batches === loader.length;
  }

  /** From here on the weights, and so the position, are those after this step. null where no batch of it counted. */
  #submit(): Submitted | null {
    const { state, stepper } = this.#parts;
    const { position, scaler } = state;
    const [running, indices] = [this.#running, this.#indices];
    position.batch += this.#dealt;
    [this.#dealt, this.#running, this.#indices] = [0, [], []];
    if (running.length === 0) return null;
    this.learningRate = state.learningRate;
    stepper.update();
    state.schedule?.afterStep();
    position.step++;
    const outcome = this.#count(running, position.totals);
    state.counted = outcome;
    const skipped = scaler?.readSkipped() ?? Promise.resolve(0);
    skipped.catch(() => {}); // as the outcome: awaited later
    return { outcome, skipped, at: { ...position }, learningRate: this.learningRate, indices };
  }

  /** Adds a step to its epoch's totals, in the order of steps. */
  #count(running: readonly Part[], totals: Totals): Promise<Outcome> {
    const { tally, loss } = this.#parts;
    const before = this.#lastOutcome;
    const outcome = Promise.all([outcomeOf(loss, running), before]).then(([result]) => {
      tally.add(totals, result);
      return result;
    });
    outcome.catch(() => {}); // the loop awaits it later; a device loss rejects it now
    this.#lastOutcome = outcome;
    return outcome;
  }

  /** Waits for a step and reports it. The step after it is already queued. */
  async #finish(step: Submitted): Promise<StepEvent> {
    const { plan, tally } = this.#parts;
    const outcome = await step.outcome;
    this.#takeBackSkipped(await step.skipped);
    const { loss, size } = outcome;
    if (!Number.isFinite(loss)) throw new NonFiniteStep(loss, step);
    const imagesPerSecond = this.#progress.meter.tick(size);
    const { at, learningRate } = step;
    const { epochs, accumulate, loader } = plan;
    const batchesLeft = (epochs - at.epoch) * loader.length - at.batch;
    return {
      type: "step",
      step: at.step,
      epoch: at.epoch,
      epochs,
      batch: Math.ceil(at.batch / accumulate),
      batches: Math.ceil(loader.length / accumulate),
      loss,
      ...tally.figuresOfStep(outcome),
      learningRate,
      imagesPerSecond,
      secondsLeft: this.#progress.meter.secondsLeft(
        batchesLeft * loader.batchSize,
        imagesPerSecond,
      ),
    };
  }

  /** A schedule follows the steps that were taken. */
  #takeBackSkipped(skipped: number): void {
    for (let i = this.#skipped; i < skipped; i++) this.#parts.state.schedule?.takeBackStep();
    this.#skipped = skipped;
  }
}
