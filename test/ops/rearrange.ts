import {
  channelShuffle,
  depthToSpace,
  pixelShuffle,
  pixelUnshuffle,
  spaceToDepth,
  type Tensor,
  zeros,
} from "../../src/autograd/index.ts";
import type { OpInfo, Sample, SampleInput } from "./op_info.ts";
import { rearrangeRef } from "./reference/rearrange.ts";

type Place = readonly number[];

function sample(
  label: string,
  shape: number[],
  out: number[],
  run: (x: Tensor) => Tensor,
  from: (place: Place) => Place,
  dtype?: SampleInput["dtype"],
): Sample {
  return {
    label: `${label} [${shape}]${dtype ? `, ${dtype}` : ""}`,
    inputs: [{ shape, dtype }],
    run,
    reference: (x) => rearrangeRef(x, out, from),
    tolerance: 0,
  };
}

/** The definitions: which channel an output pixel comes from, and the other way round. */
const crd = (b: number, [n, c, y, x]: Place): Place => [
  n!,
  (c! * b + (y! % b)) * b + (x! % b),
  Math.floor(y! / b),
  Math.floor(x! / b),
];
const dcr = (b: number, channels: number, [n, c, y, x]: Place): Place => [
  n!,
  ((y! % b) * b + (x! % b)) * channels + c!,
  Math.floor(y! / b),
  Math.floor(x! / b),
];
const uncrd = (b: number, [n, c, y, x]: Place): Place => [
  n!,
  Math.floor(c! / (b * b)),
  y! * b + (Math.floor(c! / b) % b),
  x! * b + (c! % b),
];
const undcr = (b: number, channels: number, [n, c, y, x]: Place): Place => {
  const square = Math.floor(c! / channels);
  return [n!, c! % channels, y! * b + Math.floor(square / b), x! * b + (square % b)];
};

const shuffled = (shape: number[], groups: number, dtype?: SampleInput["dtype"]) =>
  sample(
    `channelShuffle by ${groups}`,
    shape,
    shape,
    (x) => channelShuffle(x, groups),
    ([n, c, ...rest]) => [
      n!,
      (c! % groups) * (shape[1]! / groups) + Math.floor(c! / groups),
      ...rest,
    ],
    dtype,
  );

export const info: OpInfo = {
  ops: ["rearrange"],
  samples: [
    sample(
      "pixelShuffle",
      [2, 12, 3, 4],
      [2, 3, 6, 8],
      (x) => pixelShuffle(x, 2),
      (at) => crd(2, at),
    ),
    sample(
      "pixelShuffle",
      [1, 9, 2, 1],
      [1, 1, 6, 3],
      (x) => pixelShuffle(x, 3),
      (at) => crd(3, at),
    ),
    sample(
      "pixelShuffle",
      [1, 4, 3, 2],
      [1, 1, 6, 4],
      (x) => pixelShuffle(x, 2),
      (at) => crd(2, at),
      "f16",
    ),
    sample(
      "depthToSpace DCR",
      [2, 12, 3, 4],
      [2, 3, 6, 8],
      (x) => depthToSpace(x, 2, "DCR"),
      (at) => dcr(2, 3, at),
    ),
    sample(
      "pixelUnshuffle",
      [2, 3, 6, 4],
      [2, 12, 3, 2],
      (x) => pixelUnshuffle(x, 2),
      (at) => uncrd(2, at),
    ),
    sample(
      "spaceToDepth DCR",
      [1, 2, 6, 9],
      [1, 18, 2, 3],
      (x) => spaceToDepth(x, 3, "DCR"),
      (at) => undcr(3, 2, at),
    ),
    sample(
      "pixelShuffle by 1",
      [1, 2, 3, 4],
      [1, 2, 3, 4],
      (x) => pixelShuffle(x, 1),
      (at) => at,
    ),
    shuffled([2, 6, 3, 4], 2),
    shuffled([2, 6, 5], 3),
    shuffled([3, 8], 4, "i32"),
  ],
  errors: [
    {
      label: "pixelShuffle of another rank",
      run: () => pixelShuffle(zeros([4, 3, 3]), 2),
      error: /pixelShuffle: input has shape \[4, 3, 3\]; \[N, C, H, W\] is expected/,
    },
    {
      label: "pixelShuffle of too few channels",
      run: () => pixelShuffle(zeros([1, 6, 3, 3]), 2),
      error: /pixelShuffle: 6 channels can't be divided by 2² in \[1, 6, 3, 3\]/,
    },
    {
      label: "pixelUnshuffle of an odd side",
      run: () => pixelUnshuffle(zeros([1, 1, 4, 3]), 2),
      error: /pixelUnshuffle: height and width can't be divided by 2 in \[1, 1, 4, 3\]/,
    },
    {
      label: "pixelShuffle by half",
      run: () => pixelShuffle(zeros([1, 4, 3, 3]), 0.5),
      error: /pixelShuffle: the factor is 0.5; it must be a whole number from 1/,
    },
    {
      label: "channelShuffle in groups that don't divide",
      run: () => channelShuffle(zeros([1, 6, 3, 3]), 4),
      error: /channelShuffle: 6 channels can't be divided into 4 groups/,
    },
  ],
};
