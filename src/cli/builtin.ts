import { digits } from "../data/index.ts";
import { loadWeights } from "../formats/index.ts";
import { readInfo } from "./info.ts";
import { assetPath } from "./paths.ts";
import type { Pretrained } from "./plan.ts";
import type { OpenedData } from "./sources/index.ts";

/** The network that `npm run train-builtin` trained on printed letters. */
export async function builtinNetwork(): Promise<Pretrained> {
  const path = assetPath("letters.safetensors");
  const file = await loadWeights(path);
  return { path: "the built-in network", file, info: readInfo(file, path) };
}

export interface BuiltinOptions {
  readonly perClass?: number;
  readonly seed?: number;
  readonly quick?: boolean;
}

/** What it is fine-tuned on when no other data is given. */
export function builtinData({ perClass, seed, quick }: BuiltinOptions): OpenedData {
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
  };
}
