import { digits } from "../../data/index.ts";
import type { OpenedData } from "./types.ts";

export interface DigitOptions {
  readonly perClass?: number;
  readonly seed?: number;
  readonly quick?: boolean;
}

/** Digits drawn on the spot: what the built-in network is fine-tuned on when no other data is given. */
export function drawnDigits({ perClass, seed, quick }: DigitOptions): OpenedData {
  const few = quick ? { perClass: 4, testPerClass: 4 } : {};
  const { train, test } = digits({ ...few, seed, ...(perClass && { perClass }) });
  return {
    name: "digits",
    kind: "glyphs",
    train,
    validation: test,
    channels: 3,
    size: train.shape[1],
    toBytes: [],
    skipped: [],
  };
}
