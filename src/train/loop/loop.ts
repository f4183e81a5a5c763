import type { EpochEvent, TrainEvent } from "../events.ts";
import type { EpochRecord, History } from "../state/history.ts";
import { noTotals } from "../state/position.ts";
import { judgedModel, type Snapshot } from "../state/snapshot.ts";
import { SpoiledError } from "../state/survival.ts";
import { beginRun } from "./begin_run.ts";
import { betterEpoch } from "./best.ts";
import { Epoch, NonFiniteStep, StateMoved } from "./epoch.ts";
import { findBadExample } from "./find_fault.ts";
import { NonFiniteLossError } from "./non_finite_loss.ts";
import type { LoopParts } from "./parts.ts";
import { ProgressMeter } from "./progress.ts";

/** After this many losses in a row without a new step being reached, the GPU is given up. */
const MAX_LOSSES = 5;

/** One call of `fit`. */
export class Loop {
  readonly #parts: LoopParts;
  readonly #progress = { meter: new ProgressMeter(), compiled: false };
  #losses = 0;
  #furthest = -1;
  #recoveries: number;
  #finished = false;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#recoveries = parts.survival.recoveries;
  }

  /** The whole run, going on after device losses. */
  async *events(): AsyncGenerator<TrainEvent, void, undefined> {
    const { plan, state, survival } = this.#parts;
    await survival.protect(false, () => beginRun(this.#parts));
    this.#recoveries = survival.recoveries;
    state.lastRun = "interrupted";
    try {
      while (!this.#isOver) {
        try {
          yield* this.#epoch();
        } catch (error) {
          yield await this.#recover(error);
        }
        if (!plan.options.signal?.aborted || this.#isOver) continue;
        yield { type: "stopped", step: state.position.step };
        return;
      }
      await this.#takeBest();
      this.#finished = true;
      state.lastRun = "finished";
      state.course = null; // a checkpoint of now is in the middle of nothing
    } catch (error) {
      state.lastRun = "failed";
      throw error;
    } finally {
      // Also when the caller breaks off: a device lost later must not cost the steps since.
      if (!survival.isCurrent) await survival.remember().catch(() => {});
    }
  }

  /** Whether there is no epoch left, or as many in a row weren't better as `patience` allows. */
  get #isOver(): boolean {
    const { plan, state } = this.#parts;
    const { epoch, batch } = state.position;
    if (epoch >= plan.epochs) return true;
    const { patience = Number.POSITIVE_INFINITY } = plan.options;
    return batch === 0 && epoch - 1 - (state.best?.epoch ?? -1) >= patience;
  }

  /** What the run came to, so far. */
  get history(): History {
    const { state } = this.#parts;
    const { epoch, watched, value } = state.best ?? {};
    const best = state.best ? { epoch: epoch!, watched: watched!, value: value! } : null;
    const { step } = state.position;
    return { epochs: [...state.history], steps: step, stopped: !this.#finished, best };
  }

  async *#epoch(): AsyncGenerator<TrainEvent, void, undefined> {
    const { plan, state } = this.#parts;
    const start = performance.now();
    const epoch = new Epoch(this.#parts, this.#progress);
    yield* epoch.events();
    if (state.position.batch < plan.loader.length) return;
    const seconds = (performance.now() - start) / 1000;
    yield* this.#finishEpoch(seconds, epoch.learningRate);
  }

  async *#finishEpoch(
    seconds: number,
    learningRate: number,
  ): AsyncGenerator<TrainEvent, void, undefined> {
    const { plan, state, tally } = this.#parts;
    const { validation: set, store, patience } = plan.options;
    const { keepBest = patience !== undefined } = plan.options;
    const { position } = state;
    const validation = set && (await this.#parts.validate(set));
    const loss = tally.lossOf(position.totals);
    state.schedule?.afterEpoch(validation?.loss ?? loss);
    const { epoch } = position;
    const figures = tally.figuresOf(position.totals);
    const event = { type: "epoch", epoch, epochs: plan.epochs, loss, ...figures, seconds } as const;
    const record = recordOf({ ...event, validation }, learningRate);
    const best = betterEpoch(keepBest, record, state.best);
    state.history = [...state.history, record];
    position.epoch++;
    position.epochsBegun++;
    position.batch = 0;
    position.totals = noTotals();
    const snapshot = await this.#remember(best);
    yield { ...event, validation, isBest: best !== null };
    await this.#store(snapshot);
    yield { type: "checkpoint", step: position.step, stored: store !== undefined };
  }

  async #remember(best: ReturnType<typeof betterEpoch>): Promise<Snapshot> {
    const { state, survival } = this.#parts;
    const snapshot = await survival.remember();
    if (!best) return snapshot;
    state.best = { ...best, model: judgedModel(snapshot) };
    return survival.amend({ ...snapshot, best: state.best });
  }

  async #store(snapshot: Snapshot): Promise<void> {
    const { store } = this.#parts.plan.options;
    if (store === undefined) return;
    const { writeCheckpoint } = await import("../state/checkpoint.ts");
    await writeCheckpoint(store, snapshot);
  }

  /** Gives the model the weights of the best epoch, where these were kept, or else the average of its weights. */
  async #takeBest(): Promise<void> {
    const { state, survival } = this.#parts;
    const { best, average } = state;
    const isEarlier = best !== null && best.epoch !== state.position.epoch - 1;
    if (!isEarlier && !average) return;
    if (isEarlier) state.putModel(best.model);
    else average?.apply();
    average?.reset(); // an average of other weights than the model has now
    await this.#store(await survival.remember());
  }

  /** Goes on after a device loss; everything else is the caller's to see. */
  async #recover(error: unknown): Promise<TrainEvent> {
    const { state, survival } = this.#parts;
    const moved = survival.recoveries !== this.#recoveries || error instanceof StateMoved;
    const reason = moved ? "found lost by another task" : await survival.lossReason();
    if (state.position.step > this.#furthest) {
      this.#furthest = state.position.step;
      this.#losses = 0;
    }
    if (reason === null || this.#losses++ >= MAX_LOSSES) throw await this.#failure(error);
    if (!moved) await survival.recover();
    this.#recoveries = survival.recoveries;
    this.#progress.compiled = false;
    return { type: "deviceLost", reason, step: state.position.step };
  }

  /** Where training itself went wrong it goes back to the last snapshot, and says what it knows of the cause. */
  async #failure(error: unknown): Promise<unknown> {
    const { plan, state, survival } = this.#parts;
    const { step } = state.position;
    if (error instanceof SpoiledError) {
      const { learningRate } = state;
      survival.goBack();
      return new NonFiniteLossError(Number.NaN, step, learningRate, null, error.tensor);
    }
    if (!(error instanceof NonFiniteStep)) return error;
    survival.goBack();
    const { at, learningRate, indices } = error.step;
    const cause = await findBadExample(plan.loader, indices).catch(() => null);
    return new NonFiniteLossError(error.loss, at.step, learningRate, cause);
  }
}

function recordOf(event: Omit<EpochEvent, "type" | "isBest">, learningRate: number): EpochRecord {
  const { epoch, loss, accuracy, metrics, seconds, validation } = event;
  return {
    ...{ epoch, loss, metrics, learningRate, seconds },
    ...(accuracy !== undefined && { accuracy }),
    ...(validation && {
      validation: {
        loss: validation.loss,
        accuracy: validation.accuracy,
        metrics: validation.metrics,
      },
    }),
  };
}
