import maskSource from "../../shaders/relu_mask.wgsl";
import source from "../../shaders/unary_grad.wgsl";
import { launch, linearGrid, specialize } from "../gpu/index.ts";
import { allocate, type NDArray } from "./array.ts";

/** Derivatives in shaders/unary_grad.wgsl; the name says what they are computed from. */
const DERIVATIVES = {
  reluFromOutput: 0,
  relu6FromOutput: 1,
  leakyRelu: 2,
  eluFromOutput: 3,
  eluFromInput: 4,
  geluFromInput: 5,
  geluTanhFromInput: 6,
  siluFromInput: 7,
  hardswishFromInput: 8,
  hardsigmoidFromOutput: 9,
  sigmoidFromOutput: 10,
  tanhFromOutput: 11,
} as const;
export type Derivative = keyof typeof DERIVATIVES;

/**
 * dy · f'(·) element by element; `saved` is f's input or output, as the derivative's name says.
 * A dy that only the caller refers to may be overwritten, and shared as the result.
 */
export function activationGrad(
  f: Derivative,
  dy: NDArray,
  saved: NDArray,
  p0 = 0,
  p1 = 0,
): NDArray {
  if (f === "reluFromOutput" && dy.storage.exclusive && dy.dtype === saved.dtype) {
    const dx = dy.share(saved.shape);
    launch(
      specialize(maskSource, { T: saved.dtype }),
      { saved, dx },
      { n: dx.size },
      linearGrid(dx.size),
    );
    return dx;
  }
  const dx = allocate(saved.shape, saved.dtype);
  const kernel = specialize(source, { T: saved.dtype, OP: DERIVATIVES[f] });
  launch(kernel, { dy, saved, dx }, { n: dx.size, p0, p1 }, linearGrid(dx.size));
  return dx;
}
