import type { Ref } from "../op_info.ts";
import { generate } from "./array.ts";

export interface PoolCase {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation?: readonly [number, number];
  /** Top, bottom, left, right. */
  readonly pads?: readonly [number, number, number, number];
  readonly out: readonly [number, number];
}

/** One window: the positions in its plane that lie inside the input, in row-major order. */
export interface WindowView {
  readonly inside: readonly number[];
  /** Positions inside the padded input: what average pooling counts with padding. */
  readonly padded: number;
}

/** Applies `reduce` to every window of x [N, C, H, W]. */
export function poolRef(
  x: Ref,
  options: PoolCase,
  reduce: (values: number[], window: WindowView) => number,
): Ref {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [outH, outW] = options.out;
  return generate([n, c, outH, outW], (i) => {
    const plane = Math.floor(i / (outH * outW)) * h * w;
    const window = viewWindow(options, [h, w], Math.floor(i / outW) % outH, i % outW);
    return reduce(
      window.inside.map((position) => x.data[plane + position]!),
      window,
    );
  });
}

function viewWindow(
  { kernel, stride, dilation = [1, 1], pads = [0, 0, 0, 0] }: PoolCase,
  [h, w]: readonly [number, number],
  oh: number,
  ow: number,
): WindowView {
  const inside: number[] = [];
  let padded = 0;
  for (let kh = 0; kh < kernel[0]; kh++) {
    for (let kw = 0; kw < kernel[1]; kw++) {
      const row = oh * stride[0] - pads[0] + kh * dilation[0];
      const column = ow * stride[1] - pads[2] + kw * dilation[1];
      if (row < h + pads[1] && column < w + pads[3]) padded++;
      if (row >= 0 && row < h && column >= 0 && column < w) inside.push(row * w + column);
    }
  }
  return { inside, padded };
}

/** The maximum; NaN wins. */
export function maxOf(values: readonly number[]): number {
  return values.reduce((best, v) => (v > best || Number.isNaN(v) ? v : best), -Infinity);
}
