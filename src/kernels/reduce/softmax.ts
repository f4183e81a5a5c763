import source from "../../../shaders/reduce/softmax.wgsl";
import gradSource from "../../../shaders/reduce/softmax_grad.wgsl";
import { launch, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { lanesFor, rowGrid, rowsAlong } from "./rows.ts";

/** Softmax of x along a dimension, or its logarithm. */
export function softmax(x: NDArray, dim: number, log: boolean): NDArray {
  const rows = rowsAlong(x.shape, dim);
  const lanes = lanesFor(rows);
  const out = allocate(x.shape, x.dtype);
  const { count, length, inner } = rows;
  launch(
    specialize(source, { T: x.dtype, LANES: lanes, LOG: log }),
    { x, out },
    { rows: count, length, inner },
    rowGrid(rows, lanes),
  );
  return out;
}

/** Gradient of softmax (or its logarithm) from its result y. */
export function softmaxGrad(y: NDArray, dy: NDArray, dim: number, log: boolean): NDArray {
  const rows = rowsAlong(y.shape, dim);
  const lanes = lanesFor(rows);
  const dx = allocate(y.shape, y.dtype);
  const { count, length, inner } = rows;
  launch(
    specialize(gradSource, { T: y.dtype, LANES: lanes, LOG: log }),
    { y, dy, dx },
    { rows: count, length, inner },
    rowGrid(rows, lanes),
  );
  return dx;
}
