import source from "../../../shaders/reduce/cumulative_sum.wgsl";
import { launch, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { binary } from "../elementwise/binary.ts";
import { padConstant } from "../layout/pad.ts";
import { cutOut } from "../layout/view.ts";
import { lanesFor, type Rows, rowGrid, rowsAlong } from "./rows.ts";

/** Rows longer than this are cut, unless there are enough of them to keep a GPU busy. */
const LONG = 1024;
const ENOUGH_ROWS = 256;

/** The sums of the entries along `dim` up to each. f16 is accumulated in f32, piece by piece. */
export function cumulativeSum(x: NDArray, dim: number): NDArray {
  const rows = rowsAlong(x.shape, dim);
  const isLong = rows.length > LONG && rows.count < ENOUGH_ROWS;
  return isLong ? inPieces(x, rows).share(x.shape) : rowByRow(x, rows);
}

function rowByRow(x: NDArray, rows: Rows): NDArray {
  const { count, length, inner } = rows;
  const out = allocate(x.shape, x.dtype);
  const lanes = lanesFor(rows);
  const A = x.dtype === "f16" ? "f32" : x.dtype;
  launch(
    specialize(source, { T: x.dtype, A, LANES: lanes }),
    { x, out },
    { rows: count, length, inner },
    rowGrid(rows, lanes),
  );
  return out;
}

/** Each row in pieces of equal length, summed up by themselves; then the sum of all pieces before is added to each. */
function inPieces(x: NDArray, { outer, length, inner }: Rows): NDArray {
  const piece = Math.ceil(Math.sqrt(length));
  const pieces = Math.ceil(length / piece);
  const none = [0, 0, 0];
  const padding = { before: none, after: none.with(1, pieces * piece - length) };
  const whole = padConstant(x.share([outer, length, inner]), padding);
  const within = cumulativeSum(whole.share([outer, pieces, piece, inner]), 2);
  const totals = cumulativeSum(cutOut(within, 2, piece - 1, 1), 1);
  const shifted = padConstant(cutOut(totals, 1, 0, pieces - 1), {
    before: [0, 1, 0, 0],
    after: [0, 0, 0, 0],
  });
  return cutOut(binary("add", within, shifted).share(whole.shape), 1, 0, length);
}
