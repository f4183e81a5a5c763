import source from "../../../shaders/pool/max_pool2d_scatter.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import {
  elementsOf,
  type MaxPoolGradient,
  type MaxPoolGradientVariant,
} from "./max_pool2d_gradient.ts";

/** Whether each input belongs to exactly one window. */
function tilesInput({ input, output, window }: MaxPoolGradient): boolean {
  const { kernel, stride, dilation, pads } = window;
  const along = (i: 0 | 1) =>
    stride[i] === kernel[i] && dilation[i] === 1 && input[i] === output[i] * kernel[i];
  return pads.every((pad) => pad === 0) && along(0) && along(1);
}

/** Each window writes all of its inputs, where windows neither overlap nor leave gaps. */
export const scatter: MaxPoolGradientVariant = {
  name: "scatter",
  covers: tilesInput,

  cost: ({ planes, input, output }, { elementCost }) =>
    (elementsOf(planes, input) + 2 * elementsOf(planes, output)) * elementCost,

  run(dy, indices, dx, { output, window: { kernel } }) {
    launch(
      specialize(source, { T: dy.dtype, KERNEL_H: kernel[0], KERNEL_W: kernel[1] }),
      { dy, indices, dx },
      { n: dy.size, out_h: output[0], out_w: output[1] },
      linearGrid(dy.size),
    );
  },
};
