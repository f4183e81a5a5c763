/** Recreates the cases of make_ops.py and compares with what PyTorch computed. */
import { F, type Tensor, tensor } from "webgraft";
import { expectClose } from "../ops/compare.ts";
import { uniform } from "./weights.ts";

/** A number, or the name of one that JSON lacks ("nan", "inf"). */
type Golden = number | string;

export interface InputSpec {
  name: string;
  shape: number[];
  scale?: number;
  /** Few different values, so that there are ties. */
  coarse?: boolean;
  positive?: boolean;
  data?: number[];
  dtype?: string;
  /** False for what gets no gradient. */
  grad?: boolean;
  /** Passed among the options instead of by position. */
  option?: boolean;
}

export interface OpCase {
  op: string;
  name: string;
  inputs: InputSpec[];
  args: unknown[];
  /** How many inputs come before `args`; all unless said. */
  leading?: number;
  options: Record<string, unknown>;
  output: { shape: number[]; data: Golden[] };
  grads: Record<string, Golden[] | undefined>;
  /** What the op changes in place. */
  updated?: Record<string, Golden[] | undefined>;
}

function floats(values: readonly Golden[]): Float64Array {
  return Float64Array.from(values, (v) => (typeof v === "number" ? v : Number.NaN));
}

function valuesOf(title: string, spec: InputSpec): Float32Array | Int32Array {
  const { name, shape, scale = 1, coarse, positive, data, dtype } = spec;
  if (data) return dtype === "i32" ? Int32Array.from(data) : Float32Array.from(data);
  const values = uniform(`${title}/${name}`, shape, scale);
  if (coarse) return values.map((v) => Math.floor(v * 2));
  return positive ? values.map((v) => Math.abs(v) + 0.5) : values;
}

function call(spec: OpCase, inputs: ReadonlyMap<string, Tensor>): Tensor {
  const pick = (option: boolean) => spec.inputs.filter((input) => Boolean(input.option) === option);
  const positional: (Tensor | undefined)[] = pick(false).map(({ name }) => inputs.get(name));
  if (spec.op.startsWith("conv") && positional.length === 2) positional.push(undefined); // no bias
  const options = { ...spec.options };
  for (const { name } of pick(true)) options[name] = inputs.get(name);
  const op: (...args: unknown[]) => Result = Reflect.get(F, spec.op);
  const rest = Object.keys(options).length > 0 ? [options] : [];
  const before = spec.leading ?? positional.length;
  const args = [...positional.slice(0, before), ...spec.args, ...positional.slice(before)];
  return oneOf(op(...args, ...rest));
}

type Result = Tensor | { readonly values: Tensor } | readonly Tensor[];

/** The tensor that PyTorch's numbers are of: the values of values with indices, the second of several pieces. */
function oneOf(result: Result): Tensor {
  if ("values" in result && typeof result.values === "object") return result.values;
  return Array.isArray(result) ? result[1] : (result as Tensor);
}

/** Forward, backward with a given gradient, and what is updated in place. */
export async function checkCase(spec: OpCase, tolerance: number): Promise<void> {
  const inputs = new Map(
    spec.inputs.map((input) => {
      const { name, shape, grad } = input;
      return [name, tensor(valuesOf(spec.name, input), { shape, requiresGrad: grad !== false })];
    }),
  );
  const out = call(spec, inputs);
  const { shape, data } = spec.output;
  expectClose("output", await out.data(), floats(data), shape, tolerance);
  out.backward(tensor(uniform(`${spec.name}/grad`, shape), { shape }));
  for (const { name, shape } of spec.inputs) {
    const expected = spec.grads[name];
    const grad = inputs.get(name)?.grad;
    if (!expected) continue;
    if (!grad) throw new Error(`no gradient of ${name}`);
    expectClose(`gradient of ${name}`, await grad.data(), floats(expected), shape, tolerance);
  }
  for (const { name, shape } of spec.inputs) {
    const expected = spec.updated?.[name];
    const value = inputs.get(name);
    if (expected && value) {
      expectClose(`updated ${name}`, await value.data(), floats(expected), shape, tolerance);
    }
  }
}
