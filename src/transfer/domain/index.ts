export { type AdaptBatchNormOptions, adaptBatchNorm } from "./adapt_batch_norm.ts";
export { coral } from "./coral.ts";
export { gradientReversal, reversalSchedule } from "./gradient_reversal.ts";
export { type MmdOptions, mmd } from "./mmd.ts";
export { entropyLoss, type PseudoLabelOptions, pseudoLabels } from "./unlabelled.ts";
