import source from "../../../shaders/layout/gather_grad.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import type { GatherGradientVariant } from "./gather_gradient.ts";

/** Each element of x looks at all indices of its line. */
export const scan: GatherGradientVariant = {
  name: "scan",
  covers: () => true,
  cost: ({ elements, layout }, { elementCost }) => elements * layout.count * elementCost,

  run(dy, indices, dx, { layout }) {
    launch(
      specialize(source, { T: dy.dtype, I: indices.dtype }),
      { dy, indices, dx },
      { n: dx.size, ...layout },
      linearGrid(dx.size),
    );
  },
};
