import { expect } from "vitest";
import {
  backward,
  capture,
  noGrad,
  onesLike,
  type Tensor,
  tensor,
} from "../../src/autograd/index.ts";
import { floatsFromHalf, halfFromFloats, sizeOf } from "../../src/base/index.ts";
import type { Device } from "../../src/gpu/index.ts";
import { getRandomState } from "../../src/kernels/index.ts";
import { expectClose } from "./compare.ts";
import { type NumericGradient, numericGradient } from "./numeric_gradient.ts";
import type { Ref, Sample, SampleInput } from "./op_info.ts";
import { uniform } from "./seeded.ts";

const isFloat = (dtype: string) => dtype === "f32" || dtype === "f16";

/** The values of an input as its dtype holds them. */
export function hostValues(input: SampleInput, seed: number): Ref {
  const { shape, values, map = (value) => value, dtype = "f32" } = input;
  const data = (values ? Float64Array.from(values) : uniform(sizeOf(shape), seed)).map(map);
  expect(data.length, `values given for shape [${shape}]`).toBe(sizeOf(shape));
  if (dtype === "f32") return { shape, data: data.map(Math.fround) };
  if (dtype === "f16")
    return {
      shape,
      data: Float64Array.from(floatsFromHalf(halfFromFloats(Float32Array.from(data)))),
    };
  return { shape, data: data.map(Math.trunc) };
}

/** Whether this adapter can run a sample: f16 is optional in WebGPU. */
export function supported(sample: Sample, device: Device): boolean {
  return device.features.has("shader-f16") || sample.inputs.every(({ dtype }) => dtype !== "f16");
}

function wantsGradient({ grad, dtype = "f32" }: SampleInput): boolean {
  return grad ?? dtype === "f32";
}

function upload(
  sample: Sample,
  refs: readonly Ref[],
  tracked: (index: number) => boolean,
): Tensor[] {
  return refs.map(({ shape, data }, i) =>
    tensor(data, { shape, dtype: sample.inputs[i]!.dtype ?? "f32", requiresGrad: tracked(i) }),
  );
}

/** A sample with its inputs and what should come of them, computed once for all checks and devices. */
export interface Prepared {
  readonly sample: Sample;
  readonly refs: readonly Ref[];
  readonly expected: Ref;
  /** Which inputs want a gradient. */
  readonly tracked: readonly number[];
  /** What the result's gradient is taken to be. */
  readonly cotangent: Float64Array;
  /** By input, as they are asked for. */
  readonly numeric: Map<number, NumericGradient>;
}

export function prepare(sample: Sample): Prepared {
  const refs = sample.inputs.map((input, i) => hostValues(input, 17 + i));
  const expected = sample.reference(...refs);
  const tracked = sample.inputs.flatMap((input, i) => (wantsGradient(input) ? [i] : []));
  const size = tracked.length > 0 ? sizeOf(expected.shape) : 0;
  const cotangent = uniform(size, 5).map(Math.fround);
  return { sample, refs, expected, tracked, cotangent, numeric: new Map() };
}

function numericOf({ sample, refs, cotangent, numeric }: Prepared, input: number): NumericGradient {
  const known = numeric.get(input) ?? numericGradient(sample, refs, input, cotangent);
  numeric.set(input, known);
  return known;
}

/** Forward against the reference; nothing but the result may stay in memory. */
export async function checkForward(prepared: Prepared, device: Device): Promise<void> {
  const { sample, refs, expected } = prepared;
  const inputs = upload(sample, refs, () => false);
  const before = device.memory().liveBuffers;
  const out = noGrad(() => sample.run(...inputs));
  expect(device.memory().liveBuffers - before, "buffers left over").toBeLessThanOrEqual(1);
  expect(out.requiresGrad, "requiresGrad under noGrad").toBe(false);
  expect(out.shape, "shape of the result").toEqual([...expected.shape]);
  const tolerance = isFloat(out.dtype) ? (sample.tolerance ?? 1e-5) : 0;
  expectClose("forward", await out.data(), expected.data, expected.shape, tolerance);
  for (const [i, input] of inputs.entries()) {
    expectClose(`input ${i} after the call`, await input.data(), refs[i]!.data, refs[i]!.shape, 0);
  }
}

/** Gradients of all tracked inputs together, then of each alone, against central differences. */
export async function checkGradients(prepared: Prepared): Promise<void> {
  const { sample, refs, tracked, cotangent } = prepared;
  const { shape } = prepared.expected;
  if (tracked.length === 0) return;
  const subsets = tracked.length > 1 ? [tracked, ...tracked.map((i) => [i])] : [tracked];
  for (const subset of subsets) {
    const inputs = upload(sample, refs, (i) => subset.includes(i));
    const out = sample.run(...inputs);
    if (!isFloat(out.dtype)) return;
    expect(out.requiresGrad, `requiresGrad of the result, inputs ${subset} tracked`).toBe(true);
    backward(out, tensor(cotangent, { shape, dtype: out.dtype }));
    for (const [i, input] of inputs.entries()) {
      const what = `gradient of input ${i}, inputs ${subset} tracked`;
      if (!subset.includes(i)) expect(input.grad, `${what}: frozen`).toBeNull();
      else await expectGradient(what, input, numericOf(prepared, i), sample.gradTolerance ?? 1e-4);
    }
  }
}

async function expectGradient(
  what: string,
  input: Tensor,
  numeric: NumericGradient,
  tolerance: number,
): Promise<void> {
  const { grad } = input;
  if (!grad) expect.fail(`${what}: missing`);
  expect(grad.shape, `${what}: shape`).toEqual(input.shape);
  const got = await grad.data();
  const { indices, values, direction } = numeric;
  const expected = Float64Array.from(got);
  indices.forEach((index, k) => {
    expected[index] = values[k]!;
  });
  expectClose(what, got, expected, input.shape, tolerance);
  if (!direction) return;
  const along = direction.along.reduce((sum, value, i) => sum + value * got[i]!, 0);
  const scale = Math.hypot(...direction.along.map((value, i) => value * got[i]!));
  const error = Math.abs(along - direction.derivative);
  expect(
    error,
    `${what}: derivative along a direction, expected ${direction.derivative}, got ${along}`,
  ).toBeLessThanOrEqual(tolerance * Math.max(scale, Math.abs(along)) + 1e-12);
}

/** The same call captured and replayed twice must give the eager result and gradients bit for bit. */
export async function checkCaptured({ sample, refs, tracked }: Prepared): Promise<void> {
  const inputs = upload(sample, refs, (i) => tracked.includes(i));
  const randomState = getRandomState();
  const run = () => {
    for (const input of inputs) input.grad = null;
    const out = sample.run(...inputs);
    if (out.requiresGrad) backward(out, onesLike(out));
    return [out, ...inputs.map((input) => input.grad)];
  };
  const eager = await valuesOf(run());
  if (getRandomState() !== randomState) return; // draws anew each time
  const step = capture(run);
  for (const replay of ["first", "second"]) {
    const replayed = await valuesOf(step());
    for (const [i, values] of eager.entries()) {
      const what = i === 0 ? "result" : `gradient of input ${i - 1}`;
      if (values === null) expect(replayed[i], `${what}, captured`).toBeNull();
      else expectClose(`${what}, ${replay} replay`, replayed[i]!, values, [values.length], 0);
    }
  }
  step.dispose();
}

function valuesOf(tensors: readonly (Tensor | null)[]) {
  return Promise.all(tensors.map((t) => t?.data() ?? null));
}
