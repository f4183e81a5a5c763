/** The files of golden/make_tokens.py. */
import { readFileSync } from "node:fs";

export interface TokenCase {
  /** Of the input, with the batch. */
  readonly shape: readonly number[];
  readonly output: readonly number[];
  /** Of sum(output · cos(i)), by PyTorch's names: the first 60 elements of each. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const folder = new URL("golden/tokens/", import.meta.url);

export const tokenCases: Readonly<Record<string, TokenCase>> = JSON.parse(
  readFileSync(new URL("outputs.json", folder), "utf8"),
);

export function tokenBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.onnx`, folder)));
}
