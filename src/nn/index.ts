export * from "./activation.ts";
export {
  MultiheadAttention,
  type MultiheadAttentionConfig,
  multiHeadAttention,
} from "./attention.ts";
export { BatchNorm1d, BatchNorm2d } from "./batchnorm.ts";
export { ModuleList, Sequential } from "./container.ts";
export { Conv2d } from "./conv.ts";
export { ConvTranspose2d } from "./conv_transpose.ts";
export { countFlops, type ModelFlops } from "./flops.ts";
export { FocalLoss, type FocalLossOptions } from "./focal_loss.ts";
export type { ForwardHook, HookHandle } from "./hooks.ts";
export * as init from "./init.ts";
export { Linear } from "./linear.ts";
export { Loss, type TargetKind } from "./loss.ts";
export {
  BCELoss,
  BCEWithLogitsLoss,
  CosineEmbeddingLoss,
  CrossEntropyLoss,
  HuberLoss,
  KLDivLoss,
  L1Loss,
  MSELoss,
  NLLLoss,
  SmoothL1Loss,
  TripletMarginLoss,
} from "./losses.ts";
export { evaluating } from "./mode.ts";
export { Module } from "./module.ts";
export {
  GroupNorm,
  InstanceNorm1d,
  InstanceNorm2d,
  LayerNorm,
  LocalResponseNorm,
  RMSNorm,
} from "./norm.ts";
export { AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool2d, MaxPool2d } from "./pooling.ts";
export { checkpointSequential, setRecompute } from "./recompute.ts";
export { ChannelShuffle, PixelShuffle, PixelUnshuffle, Upsample } from "./resizing.ts";
export type { Recompute } from "./segments.ts";
export { runChain } from "./segments.ts";
export { Dropout, Flatten, Identity } from "./shape.ts";
export { AdaptiveAvgPool1d, AdaptiveMaxPool1d, AvgPool1d, Conv1d, MaxPool1d } from "./signals.ts";
export type { StateDict } from "./state.ts";
export { StochasticDepth } from "./stochastic_depth.ts";
export type { LayerSummary, ModelSummary, SummaryOptions } from "./summary.ts";
