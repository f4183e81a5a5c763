import listsSource from "../../../shaders/layout/gather_lists.wgsl";
import sortSource from "../../../shaders/layout/gather_sort.wgsl";
import sumSource from "../../../shaders/layout/gather_sum.wgsl";
import { type KernelSource, launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate } from "../array.ts";
import { fill } from "./fill.ts";
import type { GatherGradientVariant } from "./gather_gradient.ts";

/** Indices per line that are looked at in the time that making lists takes. */
const LISTS = 32.5;

/** Makes for each element of x a list of the places that took it, so that each place is read once. */
export const lists: GatherGradientVariant = {
  name: "lists",
  covers: () => true,
  cost: ({ elements }, { elementCost }) => elements * LISTS * elementCost,

  run(dy, indices, dx, { layout, isList }) {
    const { length, inner, count } = layout;
    const lines = isList ? 1 : dx.size / length;
    const first = fill([lines * length], 0, "u32");
    const next = allocate([lines * count], "u32");
    const seen = isList ? { ...layout, inner: 1 } : layout; // one line for all
    const constants = { I: indices.dtype };
    const link = (source: KernelSource, n: number) =>
      launch(
        specialize(source, constants),
        { indices, first, next },
        { n, ...seen },
        linearGrid(n),
      );
    link(listsSource, lines * count);
    link(sortSource, lines * length);
    const strides = { line_stride_outer: isList ? 0 : inner, line_stride_inner: isList ? 0 : 1 };
    launch(
      specialize(sumSource, { T: dy.dtype }),
      { dy, first, next, dx },
      { n: dx.size, length, inner, count, ...strides },
      linearGrid(dx.size),
    );
  },
};
