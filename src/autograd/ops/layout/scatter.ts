import { sameShape, shapeText } from "../../../base/index.ts";
import {
  binary,
  fill,
  gatherAlong,
  gatherGradient,
  holds,
  type NDArray,
  pickWhere,
} from "../../../kernels/index.ts";
import { requireFloat } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import type { Tensor } from "../../tensor.ts";
import { requirePlaces } from "./gather.ts";

const addOp = defineOp<number>("scatterAdd", ([x, indices, source], dim) => ({
  out: binary("add", x, gatherGradient(source, x.shape, dim, indices)),
  grads: [
    saving([], (dy) => dy.share()),
    null,
    saving([indices], (dy) => gatherAlong(dy, dim, indices)),
  ],
}));

interface Scatter {
  readonly dim: number;
  /** What is put everywhere, where no tensor says. */
  readonly value: number;
}

const op = defineOp<Scatter>("scatter", ([x, indices, ...given], { dim, value }) => {
  const [source] = given;
  const spread = (array: NDArray) => gatherGradient(array, x.shape, dim, indices);
  const counts = spread(fill(indices.shape, 1, source?.dtype));
  // Sums of what is put in one place, by how many there are of it.
  const put = source ? binary("div", spread(source), binary("maximum", counts, 1)) : value;
  const alone = (dy: NDArray) => pickWhere(counts, 0, dy);
  const ofSource = saving([indices, counts], (dy) =>
    gatherAlong(binary("div", dy, binary("maximum", counts, 1)), dim, indices),
  );
  return {
    out: pickWhere(counts, put, x),
    grads: [saving([counts], alone), null, ...(source ? [ofSource] : [])],
  };
});

/**
 * `input` with other values at the places along `dim` that `indices` names: out[i, indices[i, j]] = source[i, j] for dim 1.
 * `indices` (i32 or u32) has the input's shape except along `dim`; `source` has theirs (f32 or f16, as the input), or is a
 * number. Where several are put in one place, it is their mean (PyTorch leaves open which one it is). Indices out of range
 * change nothing.
 */
export function scatter(
  input: Tensor,
  dim: number,
  indices: Tensor,
  source: Tensor | number,
): Tensor {
  const along = requirePlaces("scatter", input, dim, indices);
  if (typeof source !== "number") {
    checkSource("scatter", input, indices, source);
    return op([input, indices, source], { dim: along, value: 0 });
  }
  if (holds(input.dtype, source)) return op([input, indices], { dim: along, value: source });
  throw new TypeError(`scatter: the value ${source} doesn't fit the input's dtype ${input.dtype}`);
}

/** As `scatter`, but `source` is added to what is there; several in one place are summed, in a fixed order. */
export function scatterAdd(input: Tensor, dim: number, indices: Tensor, source: Tensor): Tensor {
  const along = requirePlaces("scatterAdd", input, dim, indices);
  checkSource("scatterAdd", input, indices, source);
  return addOp([input, indices, source], along);
}

function checkSource(name: string, input: Tensor, indices: Tensor, source: Tensor): void {
  requireFloat(name, "input", input);
  const { shape, dtype } = requireFloat(name, "source", source);
  if (sameShape(shape, indices.shape) && dtype === input.dtype) return;
  throw new Error(
    `${name}: the source is ${dtype} of shape ${shapeText(shape)}; it must be ${input.dtype} of the indices' shape ${shapeText(indices.shape)}`,
  );
}
