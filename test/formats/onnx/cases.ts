/** The files of golden/make_cases.py. */
import { readFileSync } from "node:fs";

export interface CaseOutputs {
  /** Of one input, as the file sees it. */
  readonly shape: readonly number[];
  /** Each output's elements, as PyTorch computed them. */
  readonly outputs: readonly (readonly number[])[];
}

const folder = new URL("golden/cases/", import.meta.url);

export const caseOutputs: Readonly<Record<string, CaseOutputs>> = JSON.parse(
  readFileSync(new URL("outputs.json", folder), "utf8"),
);

export function caseBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.onnx`, folder)));
}

/** The elements of the input that the outputs are for: number i is sin(0.1 i). */
export function caseInput(shape: readonly number[]): Float64Array {
  const count = shape.reduce((product, side) => product * side, 1);
  return Float64Array.from({ length: count }, (_, i) => Math.sin(0.1 * i));
}
