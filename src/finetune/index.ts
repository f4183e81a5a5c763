export type { DataSource, GivenData } from "./data/types.ts";
export { SettingError, WordedError, worded } from "./errors.ts";
export type * from "./events.ts";
export { finetune } from "./finetune.ts";
export { networkFiles } from "./keeping/files.ts";
export type { LabelFigures, LabelScores } from "./labels/figures.ts";
export type { Cost } from "./network/cost.ts";
export type { Comparison, FinetuneResult, ResultFiles } from "./result.ts";
export type { FinetuneOptions } from "./run.ts";
export {
  CONVERT,
  EVALUATE,
  type FinetuneSettings,
  INSPECT,
  PREDICT,
  SETTINGS,
  type Setting,
  TUNE,
} from "./settings/index.ts";
export { wholeNumber } from "./settings/kinds.ts";
export {
  type Conversion,
  type ConvertEvent,
  type ConvertSettings,
  convert,
} from "./tasks/convert.ts";
export { type EvaluateEvent, type EvaluateSettings, evaluate } from "./tasks/evaluate.ts";
export {
  type InspectEvent,
  type Inspection,
  type InspectSettings,
  inspect,
} from "./tasks/inspect.ts";
export {
  type PictureClasses,
  type PredictEvent,
  type Predictions,
  type PredictSettings,
  predict,
  type RankedClass,
} from "./tasks/predict.ts";
export { type TuneEvent, type TuneSettings, tune } from "./tasks/tune.ts";
export { count, didYouMean, leftOut, plural, some } from "./text.ts";
export { trainableText } from "./training/trainable.ts";
