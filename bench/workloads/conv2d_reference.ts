/** A 3×3 convolution with padding 1 and its gradients, single elements of them in float64. */

export type Pass = "forward" | "input" | "weight";

interface Sizes {
  readonly batch: number;
  readonly channels: number;
  readonly outChannels: number;
  readonly side: number;
}

interface Operands {
  /** [batch, channels, side, side] */
  readonly x: ArrayLike<number>;
  /** [outChannels, channels, 3, 3] */
  readonly weight: ArrayLike<number>;
  /** [batch, outChannels, side, side] */
  readonly dy: ArrayLike<number>;
}

/** Coordinates of a flat index, last dimension fastest. */
function unravel(index: number, shape: readonly number[]): number[] {
  const at = new Array<number>(shape.length);
  let rest = index;
  for (let i = shape.length - 1; i >= 0; i--) {
    at[i] = rest % shape[i];
    rest = Math.floor(rest / shape[i]);
  }
  return at;
}

/** y[n, o, i, j] = Σ x[n, c, i + u − 1, j + v − 1] · w[o, c, u, v] */
function forwardAt({ channels, outChannels, side, batch }: Sizes, { x, weight }: Operands) {
  return (index: number) => {
    const [n, o, i, j] = unravel(index, [batch, outChannels, side, side]);
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      for (let tap = 0; tap < 9; tap++) {
        const [row, column] = [i + Math.floor(tap / 3) - 1, j + (tap % 3) - 1];
        if (row < 0 || row >= side || column < 0 || column >= side) continue;
        sum +=
          x[((n * channels + c) * side + row) * side + column] *
          weight[(o * channels + c) * 9 + tap];
      }
    }
    return sum;
  };
}

/** dx[n, c, i, j] = Σ dy[n, o, i − u + 1, j − v + 1] · w[o, c, u, v] */
function inputGradientAt({ channels, outChannels, side, batch }: Sizes, { dy, weight }: Operands) {
  return (index: number) => {
    const [n, c, i, j] = unravel(index, [batch, channels, side, side]);
    let sum = 0;
    for (let o = 0; o < outChannels; o++) {
      for (let tap = 0; tap < 9; tap++) {
        const [row, column] = [i - Math.floor(tap / 3) + 1, j - (tap % 3) + 1];
        if (row < 0 || row >= side || column < 0 || column >= side) continue;
        sum +=
          dy[((n * outChannels + o) * side + row) * side + column] *
          weight[(o * channels + c) * 9 + tap];
      }
    }
    return sum;
  };
}

/** dw[o, c, u, v] = Σ dy[n, o, i, j] · x[n, c, i + u − 1, j + v − 1] */
function weightGradientAt({ channels, outChannels, side, batch }: Sizes, { x, dy }: Operands) {
  return (index: number) => {
    const [o, c, u, v] = unravel(index, [outChannels, channels, 3, 3]);
    let sum = 0;
    for (let n = 0; n < batch; n++) {
      for (let i = Math.max(0, 1 - u); i < Math.min(side, side + 1 - u); i++) {
        for (let j = Math.max(0, 1 - v); j < Math.min(side, side + 1 - v); j++) {
          sum +=
            dy[((n * outChannels + o) * side + i) * side + j] *
            x[((n * channels + c) * side + i + u - 1) * side + j + v - 1];
        }
      }
    }
    return sum;
  };
}

const passes = { forward: forwardAt, input: inputGradientAt, weight: weightGradientAt };

/** Elements of the result at flat indices. */
export function convolutionAt(
  pass: Pass,
  sizes: Sizes,
  operands: Operands,
  indices: readonly number[],
): Float64Array {
  return Float64Array.from(indices, passes[pass](sizes, operands));
}
