import source from "../../../shaders/pool/max_pool2d_grad.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
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
    const { kernel, stride, dilation, pads } = window;
    launch(
      specialize(source, { T: dy.dtype }),
      { dy, indices, dx },
      {
        n: dx.size,
        in_h: input[0],
        in_w: input[1],
        out_h: output[0],
        out_w: output[1],
        stride_h: stride[0],
        stride_w: stride[1],
        reach_h: dilation[0] * (kernel[0] - 1),
        reach_w: dilation[1] * (kernel[1] - 1),
        pad_top: pads[0],
        pad_left: pads[2],
      },
      linearGrid(dx.size),
    );
  },
};
