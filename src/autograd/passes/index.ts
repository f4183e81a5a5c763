import { foldBatchNorm } from "./fold_batch_norm.ts";
import { fuseRelu } from "./fuse_relu.ts";
import type { Pass } from "./pass.ts";

/** What is done to the ops of a captured step before they run, in this order. */
export const PASSES: readonly Pass[] = [foldBatchNorm, fuseRelu];
