import { fuseStep } from "./fuse_step.ts";
import type { Pass } from "./pass.ts";

/** What is done to the ops of a captured step before they run, in this order. */
export const PASSES: readonly Pass[] = [fuseStep];
