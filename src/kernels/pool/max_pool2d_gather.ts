import source from "../../../shaders/pool/max_pool2d_grad.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { windowParams } from "../window_params.ts";
import { elementsOf, type MaxPoolGradientVariant } from "./max_pool2d_gradient.ts";

/** Each input looks in all windows that see it whether it was the maximum. */
export const gather: MaxPoolGradientVariant = {
  name: "gather",
  covers: () => true,

  cost({ planes, input, window: { kernel, stride } }, { elementCost }) {
    const windows = Math.ceil(kernel[0] / stride[0]) * Math.ceil(kernel[1] / stride[1]);
    return elementsOf(planes, input) * (1 + 2 * windows) * elementCost;
  },

  run(dy, indices, dx, { input, output, window }) {
    launch(
      specialize(source, { T: dy.dtype }),
      { dy, indices, dx },
      { n: dx.size, ...windowParams(window, input, output) },
      linearGrid(dx.size),
    );
  },
};
