/**
 * The whole package: what `webgraft/core` has, and a namespace for each other part.
 *
 * @module webgraft
 */
export * as data from "./api/data.ts";
export * as explain from "./api/explain.ts";
export { finetune } from "./api/finetune.ts";
export * as formats from "./api/formats.ts";
export * as metrics from "./api/metrics.ts";
export * as models from "./api/models.ts";
export * as nn from "./api/nn.ts";
export * as ops from "./api/ops.ts";
export * as optim from "./api/optim.ts";
export * as transfer from "./api/transfer.ts";
export * from "./core.ts";
