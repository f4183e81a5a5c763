import source from "../../../shaders/layout/pad.wgsl";
import edgesSource from "../../../shaders/layout/pad_edges.wgsl";
import { type Shape, sizeOf, stridesOf } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { innerFirst } from "../elementwise/broadcast.ts";
import { numberBits, numberType } from "../elementwise/number_bits.ts";

/** Elements in front of and behind each dimension. */
export interface Padding {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** x surrounded by a number. */
export function padConstant(x: NDArray, { before, after }: Padding, value = 0): NDArray {
  const shape = x.shape.map((n, d) => before[d]! + n + after[d]!);
  const out = allocate(shape, x.dtype);
  const merged = mergeUnpadded(x.shape, { before, after });
  launch(
    specialize(source, { T: x.dtype, S: numberType(x.dtype), RANK: merged.dims.length }),
    { x, out },
    {
      n: out.size,
      value_bits: numberBits(value, x.dtype),
      dims: innerFirst(merged.dims),
      before: innerFirst(merged.before),
      sizes: innerFirst(merged.sizes, 1),
      strides: innerFirst(stridesOf(merged.sizes)),
    },
    linearGrid(out.size),
  );
  return out;
}

/** A dimension without padding goes along with the one in front of it. */
function mergeUnpadded(shape: Shape, { before, after }: Padding) {
  const merged = { dims: [] as number[], before: [] as number[], sizes: [] as number[] };
  shape.forEach((n, d) => {
    const last = merged.dims.length - 1;
    if (last >= 0 && before[d] === 0 && after[d] === 0) {
      for (const values of [merged.dims, merged.before, merged.sizes]) values[last]! *= n;
    } else {
      merged.dims.push(before[d]! + n + after[d]!);
      merged.before.push(before[d]!);
      merged.sizes.push(n);
    }
  });
  return merged;
}

export interface EdgePadding {
  readonly mode: "reflect" | "replicate";
  readonly dim: number;
  readonly before: number;
  readonly after: number;
}

/** x padded along one dimension with its own values. */
export function padEdges(x: NDArray, padding: EdgePadding): NDArray {
  const { dim, before, after } = padding;
  const shape = x.shape.with(dim, before + x.shape[dim]! + after);
  return runEdges(x, x.shape, shape, padding, false);
}

/** Gradient of `padEdges` with respect to x of the given shape. */
export function padEdgesGradient(dy: NDArray, shape: Shape, padding: EdgePadding): NDArray {
  return runEdges(dy, shape, shape, padding, true);
}

function runEdges(
  x: NDArray,
  unpadded: Shape,
  shape: Shape,
  padding: EdgePadding,
  gradient: boolean,
) {
  const { mode, dim, before, after } = padding;
  const out = allocate(shape, x.dtype);
  launch(
    specialize(edgesSource, { T: x.dtype, REFLECT: mode === "reflect", GRADIENT: gradient }),
    { x, out },
    { n: out.size, length: unpadded[dim]!, inner: sizeOf(unpadded.slice(dim + 1)), before, after },
    linearGrid(out.size),
  );
  return out;
}
