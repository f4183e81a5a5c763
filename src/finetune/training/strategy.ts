import { BCEWithLogitsLoss } from "../../nn/index.ts";
import {
  chooseStrategy,
  cutCandidates,
  defaultCandidates,
  type Strategy,
  varyCandidates,
} from "../../transfer/index.ts";
import { SettingError } from "../errors.ts";
import type { FinetuneEvent } from "../events.ts";
import { freshNetwork } from "../network/build.ts";
import type { Prepared } from "../prepare.ts";
import type { FinetuneSettings } from "../settings/index.ts";
import type { Tell } from "../task.ts";
import { type TrainingPlan, usualRate } from "./plan.ts";

/** Long enough to tell the candidates apart, as a rule. */
const MOST_EPOCHS = 5;

/** So few pictures that a quarter of them tells little: each quarter is held out in turn. */
const FEW = 200;
const FOLDS = 4;

/** Of the usual rates, where there is room to try several. */
const RATE_FACTORS = [1 / 3, 1, 3];

/**
 * `train: ["auto"]`: fine-tunes in each of the usual ways for a few epochs on a part of the training images and judges
 * on the rest.
 *
 * @returns the settings with what it found in place of "auto".
 * @throws the signal's reason when it is raised.
 */
export async function decideTraining(
  settings: FinetuneSettings,
  prepared: Prepared,
  plan: TrainingPlan,
  tell: Tell<FinetuneEvent>,
  signal: AbortSignal,
): Promise<FinetuneSettings> {
  const epochs = Math.min(MOST_EPOCHS, plan.epochs);
  await tell({ type: "trying", epochs });
  const { halving, trialSeconds } = settings;
  const isWide = halving !== undefined;
  const usual = withRates(candidatesFor(prepared, isWide), settings, prepared);
  const candidates = isWide ? varyCandidates(usual, { rates: RATE_FACTORS }) : usual;
  const { best, results } = await chooseStrategy(() => freshNetwork(prepared), prepared.train, {
    ...{ candidates, epochs, halving, folds: prepared.train.length < FEW ? FOLDS : undefined },
    loss: plan.several ? new BCEWithLogitsLoss() : undefined,
    budget: { seconds: trialSeconds },
    batchSize: plan.batchSize,
    seed: plan.seed,
    transform: prepared.plainTransform,
    onProgress(result) {
      void tell({ type: "tried", ...result });
      signal.throwIfAborted();
    },
  });
  const { name, lr, cut } = best;
  const freeze = best.freeze === null ? null : String(best.freeze);
  await tell({ type: "chosen", name, freeze, cut, lr, tried: results.length });
  const { train: _, halving: __, trialSeconds: ___, ...others } = settings;
  const found = freeze === null ? { train: ["all"] } : cut ? { cut, freeze } : { freeze };
  // The rates tried are Adam's.
  const rate = plan.optimizer.startsWith("adam") ? lr : undefined;
  return { ...others, ...found, lr: settings.lr ?? rate };
}

/** @param isWide with networks that end early, where the whole one isn't asked for by a cut or by its head's classes. */
function candidatesFor(prepared: Prepared, isWide: boolean): Strategy[] {
  const { info, known } = prepared;
  try {
    const model = freshNetwork(prepared);
    const mayCut = isWide && info.cut === undefined && known === null;
    return [...defaultCandidates(model), ...(mayCut ? cutCandidates(model) : [])];
  } catch (cause) {
    throw new SettingError(
      "{train} auto: only networks of the zoo have parts to choose among; name layers instead",
      { cause },
    );
  }
}

/** At the rates that a run with one of them would take, or at the one asked for. */
function withRates(
  candidates: readonly Strategy[],
  { lr }: FinetuneSettings,
  { start }: Prepared,
): Strategy[] {
  return candidates.map((candidate) => {
    const train = candidate.freeze === "features" ? ["head"] : ["all"];
    return { ...candidate, lr: lr ?? Math.max(usualRate(start, train), candidate.lr) };
  });
}
