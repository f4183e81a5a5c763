import source from "../../../shaders/norm/local_response_norm.wgsl";
import gradSource from "../../../shaders/norm/local_response_norm_grad.wgsl";
import { sizeOf } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

/** x / (k + alpha · Σ x²)^beta, the sum over a window of channels. */
export interface LocalResponse {
  /** How many channels before and behind an element's own its window holds. */
  readonly before: number;
  readonly after: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}

function windowOf({ shape, size }: NDArray, { before, after }: LocalResponse) {
  return { n: size, channels: shape[1]!, inner: sizeOf(shape.slice(2)), before, after };
}

/** @returns the result, and what was raised to the power, for the gradient; null unless it is asked for. */
export function localResponseNorm(x: NDArray, response: LocalResponse, keepsBases: boolean) {
  const { alpha, beta, k } = response;
  const out = allocate(x.shape, x.dtype);
  const bases = allocate(keepsBases ? x.shape : [1]);
  launch(
    specialize(source, { T: x.dtype, KEEP: keepsBases }),
    { x, bases, out },
    { ...windowOf(x, response), alpha, beta, k },
    linearGrid(out.size),
  );
  return { out, bases: keepsBases ? bases : null };
}

export function localResponseNormGrad(
  dy: NDArray,
  x: NDArray,
  bases: NDArray,
  response: LocalResponse,
): NDArray {
  const { alpha, beta } = response;
  const dx = allocate(x.shape, x.dtype);
  launch(
    specialize(gradSource, { T: x.dtype }),
    { dy, x, bases, dx },
    { ...windowOf(x, response), alpha, beta },
    linearGrid(dx.size),
  );
  return dx;
}
