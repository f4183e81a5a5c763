import { linear, tensor } from "../../src/autograd/index.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";

function linearReference(input: Ref, weight: Ref, bias?: Ref): Ref {
  const [out, inner] = [weight.shape[0]!, weight.shape[1]!];
  const rows = input.data.length / inner;
  const data = Float64Array.from({ length: rows * out }, (_, index) => {
    const [r, o] = [Math.floor(index / out), index % out];
    let sum = bias?.data[o] ?? 0;
    for (let i = 0; i < inner; i++) sum += input.data[r * inner + i]! * weight.data[o * inner + i]!;
    return sum;
  });
  return { shape: [...input.shape.slice(0, -1), out], data };
}

const relu = (ref: Ref): Ref => ({
  shape: ref.shape,
  data: ref.data.map((value) => Math.max(0, value)),
});

const sample = (input: number[], out: number, withBias = true): Sample => ({
  label: `linear [${input}] to ${out}${withBias ? "" : ", no bias"}`,
  inputs: [
    { shape: input },
    { shape: [out, input.at(-1)!] },
    ...(withBias ? [{ shape: [out] }] : []),
  ],
  run: (x, weight, bias) => linear(x!, weight!, bias),
  reference: linearReference,
});

const withRelu = (input: number[], out: number): Sample => ({
  ...sample(input, out),
  label: `linear with ReLU [${input}] to ${out}`,
  run: (x, weight, bias) => linear(x!, weight!, bias, { activation: "relu" }),
  reference: (...inputs) => relu(linearReference(...(inputs as [Ref, Ref, Ref]))),
});

const zeros = (...shape: number[]) =>
  tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), { shape });

export const info: OpInfo = {
  ops: ["linear"],
  samples: [
    sample([1, 1], 1),
    sample([8, 512], 10),
    sample([8, 33], 65, false),
    sample([5], 3),
    sample([2, 3, 7], 4),
    sample([33, 130], 67),
    sample([3, 700], 5), // split reduction, bias in its last stage
    withRelu([4, 17], 9),
    withRelu([2, 600], 5),
  ],
  errors: [
    {
      label: "an input of another width",
      run: () => linear(zeros(2, 3), zeros(4, 5)),
      error:
        /linear: input has shape \[2, 3\], but its last dimension must be the weight's 5 inputs/,
    },
    {
      label: "a weight of rank 3",
      run: () => linear(zeros(2, 3), zeros(1, 4, 3)),
      error: /weight has shape \[1, 4, 3\]/,
    },
    {
      label: "a bias of another length",
      run: () => linear(zeros(2, 3), zeros(4, 3), zeros(3)),
      error: /linear: bias has shape \[3\]; \[4\] is expected/,
    },
    {
      label: "an unknown activation",
      run: () => linear(zeros(2, 3), zeros(4, 3), null, { activation: "tanh" as "relu" }),
      error: /activation is "tanh"; it must be one of "none", "relu"/,
    },
  ],
};
