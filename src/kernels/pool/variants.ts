import { VariantList } from "../variants/list.ts";
import { gather } from "./max_pool2d_gather.ts";
import type { MaxPoolGradient, MaxPoolGradientVariant } from "./max_pool2d_gradient.ts";
import { scatter } from "./max_pool2d_scatter.ts";

/** Ways to compute the gradient of max pooling. */
export const maxPoolGradients = new VariantList<MaxPoolGradient, MaxPoolGradientVariant>({
  name: "maxPool2d gradient",
  variants: [scatter, gather],
});
