import { currentDevice } from "../../src/gpu/index.ts";
import {
  type ConvShape,
  conv2dForward,
  conv2dInputGradient,
  conv2dWeightGradient,
  convShape,
  download,
  type NDArray,
  scope,
  upload,
} from "../../src/kernels/index.ts";
import type { Work } from "../engines/engine.ts";
import { compare } from "./check.ts";
import { convolutionAt, type Pass } from "./conv2d_reference.ts";
import { normals, sampleIndices } from "./random.ts";
import type { TimedWorkload } from "./workload.ts";

const SAMPLES = 200;

/** A 3×3 convolution with padding 1 of square maps. */
export interface ConvCase {
  readonly batch: number;
  readonly channels: number;
  readonly outChannels: number;
  readonly side: number;
}

const names: Record<Pass, string> = {
  forward: "forward",
  input: "input gradient",
  weight: "weight gradient",
};

interface Operands {
  readonly x: Float32Array;
  readonly weight: Float32Array;
  readonly dy: Float32Array;
}

function operands({ batch, channels, outChannels, side }: ConvCase): Operands {
  const scale = 1 / Math.sqrt(9 * channels);
  return {
    x: normals(batch * channels * side ** 2, 1),
    weight: normals(outChannels * channels * 9, 2, scale),
    dy: normals(batch * outChannels * side ** 2, 3),
  };
}

function prepare(pass: Pass, shape: ConvShape, { x, weight, dy }: Operands): Work {
  const { batch, channels, outChannels, height: side } = shape;
  const arrays = {
    x: upload(x, [batch, channels, side, side], "f32"),
    weight: upload(weight, [outChannels, channels, 3, 3], "f32"),
    dy: upload(dy, [batch, outChannels, side, side], "f32"),
  };
  const compute: Record<Pass, () => NDArray> = {
    forward: () => conv2dForward(arrays.x, arrays.weight, shape),
    input: () => conv2dInputGradient(arrays.dy, arrays.weight, shape, () => ({})),
    weight: () => conv2dWeightGradient(arrays.x, arrays.dy, shape),
  };
  let out: NDArray | null = null;
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        out?.release();
        // As an op runs it: what it needs on the way goes back to the pool, not to the operating system.
        out = scope(compute[pass], (result) => [result]);
      }
      await currentDevice().synchronize();
    },
    read: async () => (out ? download(out) : []),
    dispose() {
      out?.release();
      for (const array of Object.values(arrays)) array.release();
    },
  };
}

/** One convolution of the kernels layer, in one of the directions that training needs. */
export function convWorkload(pass: Pass, given: ConvCase): TimedWorkload {
  const { batch, channels, outChannels, side } = given;
  const shape = convShape([batch, channels, side, side], [outChannels, channels, 3, 3], {
    padding: 1,
  });
  const pixels = batch * side ** 2;
  return {
    kind: "timed",
    id: `conv/${side}/${channels}-${outChannels}/batch${batch}/${pass}`,
    group: "conv",
    title: `conv ${channels}→${outChannels} ${side}×${side}, batch ${batch}, ${names[pass]}`,
    engines: ["graft"],
    flops: 2 * 9 * channels * outChannels * pixels,
    bytes: 4 * (pixels * (channels + outChannels) + 9 * channels * outChannels),
    prepare: async () => prepare(pass, shape, operands(given)),
    checkAfter: 1,
    async check(results) {
      const given64 = operands(given);
      return new Map(
        [...results].map(([name, values]) => {
          const indices = sampleIndices(values.length, SAMPLES, 4);
          const expected = convolutionAt(pass, given, given64, indices);
          const found = indices.map((i) => values[i]);
          return [name, compare("float64", found, expected, 1e-3)];
        }),
      );
    },
  };
}
