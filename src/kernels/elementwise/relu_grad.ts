import source from "../../../shaders/elementwise/relu_grad.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";

/**
 * dy where the ReLU's output `saved` is above 0, else 0. A dy that only the caller refers to may be
 * overwritten, and shared as the result.
 */
export function reluGrad(dy: NDArray, saved: NDArray): NDArray {
  const inPlace = dy.storage.exclusive && dy.dtype === saved.dtype;
  const dx = inPlace ? dy.share(saved.shape) : allocate(saved.shape, saved.dtype);
  const inFours = dx.size % 4 === 0 && dx.storage.device.profile.fourAtOnce;
  const [T, n] = inFours ? [`vec4<${saved.dtype}>`, dx.size / 4] : [saved.dtype, dx.size];
  launch(
    specialize(source, { T, IN_PLACE: inPlace }),
    { dy: inPlace ? saved : dy, saved, dx },
    { n },
    linearGrid(n),
  );
  return dx;
}
