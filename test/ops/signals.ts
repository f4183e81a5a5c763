import {
  type AvgPool1dOptions,
  adaptiveAvgPool1d,
  adaptiveMaxPool1d,
  avgPool1d,
  type Conv1dOptions,
  conv1d,
  type MaxPool1dOptions,
  maxPool1d,
  zeros,
} from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { generate } from "./reference/array.ts";

/** The positions of the input that window `o` sees; undefined in the padding. */
interface Window1d {
  readonly kernel: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly left?: number;
  readonly out: number;
}

function seen({ kernel, stride = 1, dilation = 1, left = 0 }: Window1d, o: number, length: number) {
  return Array.from({ length: kernel }, (_, k) => {
    const at = o * stride - left + k * dilation;
    return at >= 0 && at < length ? at : undefined;
  });
}

function conv(
  input: number[],
  weight: number[],
  options: Conv1dOptions,
  window: Omit<Window1d, "kernel">,
): Sample {
  const [, channels, length] = input as [number, number, number];
  const [outs, perGroup, kernel] = weight as [number, number, number];
  const reference = (x: Ref, w: Ref, bias: Ref) =>
    generate([input[0]!, outs, window.out], (i) => {
      const o = i % window.out;
      const channel = Math.floor(i / window.out) % outs;
      const image = Math.floor(i / window.out / outs);
      const group = Math.floor((channel * (channels / perGroup)) / outs);
      let sum = bias.data[channel]!;
      seen({ kernel, ...window }, o, length).forEach((at, k) => {
        for (let c = 0; at !== undefined && c < perGroup; c++) {
          const from = (image * channels + group * perGroup + c) * length + at;
          sum += x.data[from]! * w.data[(channel * perGroup + c) * kernel + k]!;
        }
      });
      return options.activation === "relu" ? Math.max(0, sum) : sum;
    });
  return {
    label: `conv1d [${input}] with [${weight}] ${JSON.stringify(options)}`,
    inputs: [{ shape: input }, { shape: weight }, { shape: [outs] }],
    run: (x, w, b) => conv1d(x, w, b, options),
    reference: (x, w, b) => reference(x!, w!, b!),
  };
}

function pool(
  label: string,
  run: Sample["run"],
  window: Window1d,
  reduce: (values: readonly number[]) => number,
): Sample {
  const shape = [2, 3, 11];
  return {
    label,
    inputs: [{ shape }],
    run,
    reference: (x) =>
      generate([2, 3, window.out], (i) => {
        const row = Math.floor(i / window.out) * 11;
        const places = seen(window, i % window.out, 11);
        return reduce(places.flatMap((at) => (at === undefined ? [] : x!.data[row + at]!)));
      }),
  };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const largest = (values: readonly number[]) => Math.max(...values);

const max = (options: MaxPool1dOptions, window: Window1d) =>
  pool(`maxPool1d ${JSON.stringify(options)}`, (x) => maxPool1d(x, options), window, largest);
const avg = (options: AvgPool1dOptions, window: Window1d) =>
  pool(`avgPool1d ${JSON.stringify(options)}`, (x) => avgPool1d(x, options), window, mean);

/** Views onto the ops of maps, which have OpInfos of their own. */
export const info: OpInfo = {
  ops: [],
  samples: [
    conv([2, 3, 9], [4, 3, 3], {}, { out: 7 }),
    conv(
      [1, 4, 10],
      [6, 2, 3],
      { groups: 2, stride: 2, padding: 1 },
      { stride: 2, left: 1, out: 5 },
    ),
    conv(
      [1, 2, 12],
      [3, 2, 3],
      { dilation: 2, padding: [4, 0] },
      { dilation: 2, left: 4, out: 12 },
    ),
    conv([1, 2, 8], [3, 2, 4], { padding: "same", activation: "relu" }, { left: 1, out: 8 }),
    max({ kernelSize: 2 }, { kernel: 2, stride: 2, out: 5 }),
    max({ kernelSize: 3, stride: 2, padding: 1 }, { kernel: 3, stride: 2, left: 1, out: 6 }),
    max({ kernelSize: 2, stride: 2, ceilMode: true }, { kernel: 2, stride: 2, out: 6 }),
    avg({ kernelSize: 4, stride: 3 }, { kernel: 4, stride: 3, out: 3 }),
    avg(
      { kernelSize: 3, padding: [1, 0], countIncludePad: false },
      { kernel: 3, stride: 3, left: 1, out: 4 },
    ),
    pool("adaptiveAvgPool1d", (x) => adaptiveAvgPool1d(x, 1), { kernel: 11, out: 1 }, mean),
    pool("adaptiveMaxPool1d", (x) => adaptiveMaxPool1d(x, 11), { kernel: 1, out: 11 }, largest),
  ],
  errors: [
    {
      label: "a map",
      run: () => conv1d(zeros([1, 2, 3, 4]), zeros([2, 2, 3])),
      error: /conv1d: input has shape \[1, 2, 3, 4\]; \[N, C, L\] is expected/,
    },
    {
      label: "a kernel of maps",
      run: () => conv1d(zeros([1, 2, 3]), zeros([2, 2, 1, 3])),
      error:
        /conv1d: weight has shape .*\[outChannels, channels \/ groups, kernelSize\] is expected/,
    },
    {
      label: "a stride in two directions",
      run: () => conv1d(zeros([1, 2, 3]), zeros([2, 2, 3]), null, mistyped({ stride: [1, 2] })),
      error: /conv1d: stride is \[1,2\]; give a whole number of at least 1/,
    },
    {
      label: "padding of a map",
      run: () => maxPool1d(zeros([1, 2, 3]), { kernelSize: 2, padding: [1, 1, 1, 1] }),
      error: /maxPool1d: padding is \[1,1,1,1\]; give .* \[left, right\], "same" or "valid"/,
    },
    {
      label: "no window",
      run: () => maxPool1d(zeros([1, 2, 3]), mistyped({ stride: 2 })),
      error: /maxPool1d: kernelSize is undefined; give a whole number of at least 1/,
    },
    {
      label: "an unknown option",
      run: () => avgPool1d(zeros([1, 2, 3]), mistyped({ kernelSize: 2, dilation: 2 })),
      error: /avgPool1d: unknown option "dilation"/,
    },
  ],
};
