import { UsageError } from "./errors.ts";
import type { FinetuneOptions } from "./options.ts";
import type { Pretrained } from "./plan.ts";
import type { TrainingSettings } from "./training.ts";

export interface Settings extends TrainingSettings {
  /** Patterns of `transfer.unfreeze`; "all" and "head" have their plain meaning. */
  readonly train: readonly string[];
  /** Instead of `train`: all but these layers. */
  readonly freeze?: string;
  readonly classWeights: boolean;
  readonly accumulate: number;
  readonly save: string;
  readonly compare: boolean;
}

/** What was asked for, completed by what usually works for the kind of run. */
export function settle(
  options: FinetuneOptions,
  pretrained: Pretrained | null,
  save: string,
): Settings {
  const builtin = options.weights === undefined && pretrained !== null;
  const { freeze, classWeights = false, accumulate = 1 } = options;
  if (freeze !== undefined && options.train) {
    throw new UsageError("--train and --freeze: give one of them");
  }
  if (options.train && options.train.length > 1 && options.train.includes("auto")) {
    throw new UsageError('--train auto: "auto" stands alone');
  }
  const train = options.train ?? [builtin || !pretrained ? "all" : "head"];
  const { optimizer = "adam", schedule = "onecycle", seed = 0, weightDecay = 0 } = options;
  const usual =
    usualRate(builtin, pretrained !== null, freeze === undefined ? train : ["all"]) *
    (optimizer === "sgd" ? 10 : 1);
  return {
    optimizer,
    schedule,
    seed,
    weightDecay,
    lr: options.lr ?? usual,
    epochs: options.epochs ?? (options.quick ? 2 : builtin ? 8 : 10),
    batchSize: options.batchSize ?? (builtin ? 16 : 32),
    train,
    freeze,
    classWeights,
    accumulate,
    save,
    compare: options.compare ?? (builtin && options.data === undefined),
  };
}

/** Adam's learning rate: low where pretrained layers move, higher for what starts untrained. */
export function usualRate(builtin: boolean, pretrained: boolean, train: readonly string[]): number {
  if (builtin) return 3e-3;
  if (!pretrained) return 1e-3;
  return train.every((pattern) => pattern === "head" || pattern === "classifier") ? 5e-3 : 1e-4;
}
