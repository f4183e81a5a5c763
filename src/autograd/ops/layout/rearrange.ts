import { type Shape, shapeText, sizeOf } from "../../../base/index.ts";
import { permuted } from "../../../kernels/index.ts";
import { requireRank, requireTensor } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";

/**
 * Elements of maps in another place. Of the channels that become a square of pixels the square's number comes last with
 * `order` CRD (PyTorch's) and first with DCR (TensorFlow's); the names are ONNX's.
 */
export type Rearrangement =
  | {
      readonly kind: "depthToSpace" | "spaceToDepth";
      /** Side of the square. */
      readonly block: number;
      readonly order: "CRD" | "DCR";
    }
  | { readonly kind: "channelShuffle"; readonly groups: number };

/** Dimensions split, put in another order, and joined. */
interface Moves {
  readonly split: Shape;
  readonly order: readonly number[];
  readonly joined: Shape;
}

const op = defineOp<Rearrangement>("rearrange", ([x], rearrangement) => {
  const { split, order, joined } = movesOf(rearrangement, x.shape);
  const between = order.map((d) => split[d]!);
  const back = order.map((_, d) => order.indexOf(d));
  return {
    out: permuted(x.share(split), order).share(joined),
    grads: [saving([], (dy) => permuted(dy.share(between), back).share(x.shape))],
  };
});

function movesOf(rearrangement: Rearrangement, shape: Shape): Moves {
  const [n, c, h = 1, w = 1] = shape as [number, number, number, number];
  if (rearrangement.kind === "channelShuffle") {
    const { groups } = rearrangement;
    const split = [n, groups, c / groups, sizeOf(shape.slice(2))];
    return { split, order: [0, 2, 1, 3], joined: shape };
  }
  const { kind, block: b, order } = rearrangement;
  const isLast = order === "CRD";
  if (kind === "depthToSpace") {
    const channels = c / (b * b);
    return {
      split: isLast ? [n, channels, b, b, h, w] : [n, b, b, channels, h, w],
      order: isLast ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2],
      joined: [n, channels, h * b, w * b],
    };
  }
  return {
    split: [n, c, h / b, b, w / b, b],
    order: isLast ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4],
    joined: [n, c * b * b, h / b, w / b],
  };
}

/**
 * Channels as pixels: [N, C · block², H, W] → [N, C, H · block, W · block].
 * @throws Error for another rank, or where the channels can't be divided so.
 */
export function depthToSpace(
  input: Tensor,
  block: number,
  order: "CRD" | "DCR",
  name = "depthToSpace",
): Tensor {
  const [, channels] = requireMaps(name, input, block);
  if (channels % block ** 2 !== 0) {
    throw new Error(
      `${name}: ${channels} channels can't be divided by ${block}² in ${shapeText(input.shape)}`,
    );
  }
  return op([input], { kind: "depthToSpace", block, order });
}

/**
 * Pixels as channels: [N, C, H · block, W · block] → [N, C · block², H, W].
 * @throws Error for another rank, or where the sides can't be divided so.
 */
export function spaceToDepth(
  input: Tensor,
  block: number,
  order: "CRD" | "DCR",
  name = "spaceToDepth",
): Tensor {
  const [, , height, width] = requireMaps(name, input, block);
  if (height % block !== 0 || width % block !== 0) {
    throw new Error(
      `${name}: height and width can't be divided by ${block} in ${shapeText(input.shape)}`,
    );
  }
  return op([input], { kind: "spaceToDepth", block, order });
}

function requireMaps(name: string, input: Tensor, factor: number) {
  requireTensor(name, "input", input);
  requireRank(name, "input", input, 4, 4, "[N, C, H, W]");
  requireCount(name, "factor", factor);
  return input.shape as [number, number, number, number];
}

function requireCount(name: string, what: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new RangeError(`${name}: the ${what} is ${value}; it must be a whole number from 1`);
}

/** PyTorch's: [N, C · factor², H, W] → [N, C, H · factor, W · factor] (Shi et al. 2016, arXiv:1609.05158). */
export function pixelShuffle(input: Tensor, upscaleFactor: number): Tensor {
  return depthToSpace(input, upscaleFactor, "CRD", "pixelShuffle");
}

/** What undoes `pixelShuffle`: [N, C, H · factor, W · factor] → [N, C · factor², H, W]. */
export function pixelUnshuffle(input: Tensor, downscaleFactor: number): Tensor {
  return spaceToDepth(input, downscaleFactor, "CRD", "pixelUnshuffle");
}

/**
 * The channels of [N, C, …], one of each group in turn (Zhang et al. 2018, arXiv:1707.01083).
 * @throws Error where they can't be divided into so many groups.
 */
export function channelShuffle(input: Tensor, groups: number): Tensor {
  requireTensor("channelShuffle", "input", input);
  requireRank("channelShuffle", "input", input, 2, 6, "[N, C, …]");
  requireCount("channelShuffle", "number of groups", groups);
  if (input.shape[1]! % groups !== 0) {
    throw new Error(
      `channelShuffle: ${input.shape[1]} channels can't be divided into ${groups} groups`,
    );
  }
  return op([input], { kind: "channelShuffle", groups });
}
