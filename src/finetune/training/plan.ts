import { SettingError } from "../errors.ts";
import type { FinetuneSettings } from "../settings/index.ts";
import type { OptimizerName, ScheduleName } from "../settings/training.ts";

/** How a network is trained, with nothing left open. */
export interface TrainingPlan {
  /** Whether a picture has any number of labels, rather than one class. */
  readonly several: boolean;
  readonly optimizer: OptimizerName;
  readonly lr: number;
  readonly weightDecay: number;
  readonly schedule: ScheduleName;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Batches whose gradients make one step. */
  readonly accumulate: number;
  /** Patterns of `transfer.unfreeze`; "all" and "head" have their plain meaning. */
  readonly train: readonly string[];
  /** Instead of `train`: all but these layers. */
  readonly freeze?: string;
  /** Whether layers are unfrozen one after the other. */
  readonly gradual: boolean;
  readonly classWeights: boolean;
  /** Whether frozen layers are run once, where every epoch sees the same pictures. */
  readonly cache: boolean;
  /** What of Beta(α, α) the shares are drawn from that images are blended by, or areas that they exchange. */
  readonly mixup?: number;
  readonly cutmix?: number;
  readonly compare: boolean;
  /** Whether the network ends with the weights of the epoch that validated best. */
  readonly keepBest: boolean;
  /** Epochs in a row without a better one that end the training. */
  readonly patience?: number;
  /** What a moving average of the weights keeps of itself at each step; without, there is none. */
  readonly ema?: number;
  /** How strongly transferred weights are pulled to where they began. */
  readonly l2sp?: number;
}

/** What a run starts from. */
export type Start = "the built-in network" | "pretrained weights" | "fresh weights";

/** What was asked for, completed by what usually works for the kind of run. */
export function planTraining(
  settings: FinetuneSettings,
  start: Start,
  several = false,
): TrainingPlan {
  const builtin = start === "the built-in network";
  const { freeze, classWeights = false, accumulate = 1, augment = [] } = settings;
  if (freeze !== undefined && settings.train) {
    throw new SettingError("{train} and {freeze}: give one of them");
  }
  if (settings.train && settings.train.length > 1 && settings.train.includes("auto")) {
    throw new SettingError('{train} auto: "auto" stands alone');
  }
  if (
    (settings.halving ?? settings.trialSeconds) !== undefined &&
    !settings.train?.includes("auto")
  ) {
    throw new SettingError("{halving} and {trialSeconds} are for {train} auto");
  }
  if (settings.tta !== undefined && augment.length === 0) {
    throw new SettingError("{tta} varies pictures as {augment} says: give that too");
  }
  const forOne = (["classWeights", "tta"] as const).find((name) => settings[name] !== undefined);
  if (several && forOne)
    throw new SettingError(`{${forOne}} is for pictures of one class each: leave it out`);
  const { mixup, cutmix } = settings;
  if (mixup !== undefined && cutmix !== undefined) {
    throw new SettingError("{mixup} and {cutmix}: give one of them");
  }
  if (settings.findLr && settings.lr !== undefined) {
    throw new SettingError("{lr} and {findLr}: give one of them");
  }
  const { gradual = false } = settings;
  if (gradual && (settings.train ?? freeze) !== undefined) {
    throw new SettingError(
      "{gradual} trains all layers in the end: leave out {train} and {freeze}",
    );
  }
  const train = settings.train ?? [!gradual && start === "pretrained weights" ? "head" : "all"];
  const { optimizer = "adam", schedule = "onecycle", seed = 0, weightDecay = 0 } = settings;
  const usual =
    usualRate(start, freeze === undefined ? train : ["all"]) * (optimizer === "sgd" ? 10 : 1);
  return {
    several,
    optimizer,
    schedule,
    seed,
    weightDecay,
    lr: settings.lr ?? usual,
    epochs: settings.epochs ?? (settings.quick ? 2 : builtin ? 8 : 10),
    batchSize: settings.batchSize ?? (builtin ? 16 : 32),
    train,
    freeze,
    gradual,
    classWeights,
    accumulate,
    cache: settings.cache !== false && augment.length === 0 && (mixup ?? cutmix) === undefined,
    ...{ mixup, cutmix },
    keepBest: settings.keepBest ?? settings.patience !== undefined,
    patience: settings.patience,
    ema: settings.ema,
    l2sp: settings.l2sp,
    compare: settings.compare ?? (builtin && settings.data === undefined),
  };
}

/** Adam's learning rate: low where pretrained layers move, higher for what starts untrained. */
export function usualRate(start: Start, train: readonly string[]): number {
  if (start === "the built-in network") return 3e-3;
  if (start === "fresh weights") return 1e-3;
  return train.every((pattern) => pattern === "head" || pattern === "classifier") ? 5e-3 : 1e-4;
}
