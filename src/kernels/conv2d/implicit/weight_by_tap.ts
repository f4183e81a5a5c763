import source from "../../../../shaders/conv2d/weight_by_tap.wgsl";
import { launch, linearGrid, specialize } from "../../../gpu/index.ts";
import { allocate, type NDArray } from "../../array.ts";
import type { ConvShape } from "../shape.ts";

export { source as weightByTapSource };

/** A convolution's weight in the order in which an implicit product walks along K. */
export interface WeightByTap {
  /** [groups, rows, columns] */
  readonly array: NDArray;
  /** Taps times channels, filled up to whole blocks. */
  readonly rows: number;
  /** Channels of the result in a group, in whole fours. */
  readonly columns: number;
}

const roundUp = (n: number, to: number) => Math.ceil(n / to) * to;

/**
 * @param chunk channels of a tap that are walked at a time.
 * @param inputGradient whether K runs over output channels and the result has input channels.
 */
export function weightByTap(
  weight: NDArray,
  { channels, outChannels, groups, window }: ConvShape,
  chunk: number,
  inputGradient: boolean,
): WeightByTap {
  const [input, output] = [channels / groups, outChannels / groups];
  const [k, m] = inputGradient ? [output, input] : [input, output];
  const taps = window.kernel[0] * window.kernel[1];
  const padded = roundUp(k, chunk);
  const rows = roundUp(taps * padded, 16);
  const columns = roundUp(m, 4);
  // The weight of a 1 × 1 convolution is in that order as it is.
  const asItIs = inputGradient && taps === 1 && rows === k && columns === m;
  if (asItIs) return { array: weight, rows, columns };
  const array = allocate([groups, rows, columns], weight.dtype);
  launch(
    specialize(source, { T: weight.dtype, INPUT_GRADIENT: inputGradient }),
    { weight, out: array },
    { n: array.size, channels: k, padded, rows, m, m_padded: columns, taps },
    linearGrid(array.size),
  );
  return { array, rows, columns };
}
