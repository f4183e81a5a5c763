export {
  type BootstrapOptions,
  bootstrap,
  type ConfidenceInterval,
} from "./bootstrap.ts";
export {
  type CalibrationBin,
  type CalibrationOptions,
  calibrationCurve,
  expectedCalibrationError,
  reliabilityDiagram,
} from "./calibration.ts";
export {
  accuracyScore,
  balancedAccuracyScore,
  type ConfusionMatrixOptions,
  confusionMatrix,
  logLoss,
  topKAccuracyScore,
} from "./classification.ts";
export {
  auc,
  type PrecisionRecallCurve,
  precisionRecallCurve,
  type RocCurve,
  type RocOptions,
  rocCurve,
} from "./curves.ts";
export type { Rows, Values } from "./inputs.ts";
export {
  type Average,
  f1Score,
  fbetaScore,
  type PrecisionRecallFscore,
  precisionRecallFscoreSupport,
  precisionScore,
  recallScore,
  type ScoreOptions,
} from "./precision_recall.ts";
export { averagePrecisionScore, type RankingOptions, rocAucScore } from "./ranking.ts";
export { fitTemperature, softmax } from "./temperature.ts";
export { applyThresholds, chooseThresholds, type ThresholdOptions } from "./thresholds.ts";
