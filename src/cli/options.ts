import type { AdapterOption, TuningOption } from "./device.ts";
import type { Augmentation } from "./input.ts";
import type { PlanOptions } from "./plan.ts";
import type { OptimizerName, ScheduleName } from "./training.ts";

/** What every command takes. */
export interface CommonOptions {
  readonly adapter?: AdapterOption;
  readonly json?: boolean;
  readonly debug?: boolean;
}

/** `graft finetune`, as typed: what is left out is decided from the rest. */
export interface FinetuneOptions extends CommonOptions, PlanOptions {
  readonly weights?: string;
  readonly data?: readonly string[];
  readonly validation?: string;
  readonly valSplit?: number;
  /** Images of each class to train with. */
  readonly perClass?: number;
  readonly skipDamaged?: boolean;
  /** A few drawn digits and two epochs: to see that everything works. */
  readonly quick?: boolean;
  /** Layers to train: "all", "head", "auto", or patterns of `transfer.unfreeze`. */
  readonly train?: readonly string[];
  /** Layers that stay as they are, a pattern of `transfer.freeze`; all others are trained. */
  readonly freeze?: string;
  /** Weigh classes by their numbers of images. */
  readonly classWeights?: boolean;
  /** Batches whose gradients make one step. */
  readonly accumulate?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly weightDecay?: number;
  readonly optimizer?: OptimizerName;
  readonly schedule?: ScheduleName;
  readonly augment?: readonly Augmentation[];
  /** false: run frozen layers again in every epoch. */
  readonly cache?: boolean;
  /** Also train from scratch with the same budget. */
  readonly compare?: boolean;
  readonly seed?: number;
  /** "measure": time the ways to compute each step first, where that wasn't done on this adapter. */
  readonly tuning?: TuningOption;
  readonly save?: string;
  /** A checkpoint, or true for the one beside the result. */
  readonly resume?: string | true;
}
