import type { Device } from "../../gpu/index.ts";
import { choose } from "../variants/choose.ts";
import { VariantList } from "../variants/list.ts";
import type { Middle, ReductionVariant, Stage } from "./stage.ts";
import { tree } from "./tree.ts";

/** Ways to reduce over one dimension, with reduce.wgsl or arg_reduce.wgsl. */
export const reductions = new VariantList<Middle, ReductionVariant>({
  name: "reduce",
  variants: [tree],
});

/** The next stage of a reduction on a device. */
export function stageFor(middle: Middle, device: Device): Stage {
  return choose(reductions, middle, device).variant.stage(middle, device.profile);
}
