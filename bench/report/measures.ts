import type { MeasureName, Measures } from "../types.ts";
import { bytes, count, percent, seconds, times } from "./format.ts";

export interface MeasureKind {
  readonly label: string;
  readonly format: (value: number) => string;
}

/** What the numbers in `EngineResult.measures` mean. */
const measureKinds: Readonly<Record<MeasureName, MeasureKind>> = {
  dispatches: { label: "dispatches", format: count },
  submits: { label: "submits", format: count },
  startSeconds: { label: "loading and device", format: seconds },
  buildSeconds: { label: "model and weights", format: seconds },
  firstSeconds: { label: "first step", format: seconds },
  steadySeconds: { label: "steady step", format: seconds },
  extraSeconds: { label: "first over steady", format: seconds },
  peakBytes: { label: "peak memory", format: bytes },
  estimatedBytes: { label: "estimateMemory", format: bytes },
  estimateError: { label: "estimate off by", format: percent },
  capturedBytes: { label: "captured step's own memory", format: bytes },
  boundBytes: { label: "bytes bound in a step", format: bytes },
  launches: { label: "launches", format: count },
  encodeSeconds: { label: "CPU time to replay", format: seconds },
  steps: { label: "steps", format: count },
  buffersGrown: { label: "buffers grown by", format: count },
  bytesGrown: { label: "memory grown by", format: bytes },
  stepSeconds: { label: "step", format: seconds },
  imagesPerSecond: { label: "images per second", format: (value) => value.toFixed(1) },
  plainEpochSeconds: { label: "epoch without cache", format: seconds },
  firstEpochSeconds: { label: "first epoch with cache", format: seconds },
  laterEpochSeconds: { label: "later epochs with cache", format: seconds },
  cacheSpeedup: { label: "later epochs faster by", format: times },
  plainSeconds: { label: "to the accuracy without cache", format: seconds },
  cachedSeconds: { label: "to the accuracy with cache", format: seconds },
  plainEpochs: { label: "epochs without cache", format: count },
  cachedEpochs: { label: "epochs with cache", format: count },
  accuracy: { label: "accuracy", format: percent },
};

/** Each measure as [label, value with its unit]. */
export function measureTexts(measures: Measures = {}): [label: string, value: string][] {
  return (Object.keys(measures) as MeasureName[]).flatMap((name) => {
    const [kind, value] = [measureKinds[name], measures[name]];
    return kind && value !== undefined ? [[kind.label, kind.format(value)]] : [];
  });
}
