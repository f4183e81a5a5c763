export {
  type Budget,
  type Choice,
  type ChooseOptions,
  chooseStrategy,
} from "./choose_strategy.ts";
export { type CutOptions, cut } from "./cut.ts";
export { type DiscriminativeLrOptions, discriminativeLr } from "./discriminative_lr.ts";
export {
  type AdaptBatchNormOptions,
  adaptBatchNorm,
  coral,
  entropyLoss,
  gradientReversal,
  type MmdOptions,
  mmd,
  type PseudoLabelOptions,
  pseudoLabels,
  reversalSchedule,
} from "./domain/index.ts";
export { FeatureCache } from "./feature_cache.ts";
export {
  averageUpdates,
  type FederatedClient,
  type FederatedOptions,
  type FederatedRound,
  type FederatedUpdate,
  type FederatedWeights,
  FedProx,
  federated,
  localClients,
} from "./federated/index.ts";
export type { NamedClasses } from "./fetch_classes.ts";
export { hasFixedPrefix } from "./fixed_prefix.ts";
export { freeze, unfreeze } from "./freeze.ts";
export { type GradualUnfreezingOptions, gradualUnfreezing } from "./gradual_unfreezing.ts";
export { type KeptClasses, keptClasses } from "./keep_rows.ts";
export { L2SP, type L2SPOptions } from "./l2sp.ts";
export {
  type LearningCurveOptions,
  type LearningPoint,
  learningCurve,
  type WayToTrain,
} from "./learning_curve.ts";
export { type LoadOptions, type LoadReport, loadPretrained } from "./load_pretrained.ts";
export { buildNetwork } from "./network/file_network.ts";
export {
  assumedPixels,
  type IdentifiedNetwork,
  identifyNetwork,
  lastOutputs,
  shapesOfRank,
} from "./network/identify.ts";
export {
  type NetworkInfo,
  type NetworkInput,
  type NetworkToKeep,
  networkInfoIn,
  networkMetadata,
} from "./network/info.ts";
export {
  type LoadedNetwork,
  type LoadNetworkOptions,
  loadNetwork,
} from "./network/load_network.ts";
export {
  combineObjectives,
  type DistillationLossOptions,
  type DistillationOptions,
  distillation,
  distillationLoss,
  type JointOptions,
  jointLoss,
  jointObjective,
} from "./objectives/index.ts";
export { type PredictAugmentedOptions, predictAugmented } from "./predict_augmented.ts";
export {
  fetchWeightFiles,
  type PretrainedModel,
  type PretrainedOptions,
  pretrained,
  pretrainedClasses,
  pretrainedFile,
} from "./pretrained.ts";
export type { FetchOptions } from "./published.ts";
export { type LrFindOptions, type LrFindResult, lrFind } from "./rates/lr_find.ts";
export type { LrSuggestions } from "./rates/suggest.ts";
export { type ReplaceHeadOptions, replaceHead } from "./replace_head.ts";
export { selectModules } from "./select.ts";
export {
  cutCandidates,
  defaultCandidates,
  type Strategy,
  type Variations,
  varyCandidates,
} from "./strategies.ts";
export type { StrategyResult } from "./strategy_trial.ts";
