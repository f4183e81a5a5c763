import { describeClass, indicesByClass } from "./labels.ts";
import type { Dataset } from "./types.ts";

/**
 * Weights against class imbalance, for `crossEntropy`'s `weight`: in inverse proportion to each
 * class's number of examples, scaled so that their mean over the classes is 1.
 *
 * @throws Error naming a class without examples: no finite weight would be right.
 */
export function classWeights(dataset: Dataset): Float32Array {
  const counts = indicesByClass(dataset).map((indices) => indices.length);
  const empty = counts.indexOf(0);
  if (empty >= 0 || counts.length === 0) {
    throw new Error(
      `classWeights: ${describeClass(dataset, Math.max(empty, 0))} has no examples; ` +
        "take it out with selectClasses, or add some",
    );
  }
  const mean = counts.reduce((sum, count) => sum + 1 / count, 0) / counts.length;
  return Float32Array.from(counts, (count) => 1 / count / mean);
}
