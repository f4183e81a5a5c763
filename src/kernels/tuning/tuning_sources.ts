import col2im from "../../../shaders/conv2d/col2im.wgsl";
import im2col from "../../../shaders/conv2d/im2col.wgsl";
import filter from "../../../shaders/conv2d/winograd_filter.wgsl";
import filterAdjoint from "../../../shaders/conv2d/winograd_filter_adjoint.wgsl";
import input from "../../../shaders/conv2d/winograd_input.wgsl";
import output from "../../../shaders/conv2d/winograd_output.wgsl";
import outputAdjoint from "../../../shaders/conv2d/winograd_output_adjoint.wgsl";
import tiled from "../../../shaders/matmul/matmul_tiled.wgsl";
import { sources } from "../software/kernels.ts";

const SOURCES = [...Object.values(sources), tiled, im2col, col2im].concat(
  [input, output, filter, filterAdjoint, outputAdjoint], // Winograd's
);

let known: string | null = null;

/** FNV-1a over the text of the kernels that there is a choice of. */
export function tunedSources(): string {
  if (known) return known;
  let state = 0x811c9dc5;
  for (const { text } of SOURCES.flatMap(({ files }) => files))
    for (let i = 0; i < text.length; i++)
      state = Math.imul(state ^ text.charCodeAt(i), 0x01000193) >>> 0;
  known = state.toString(16);
  return known;
}
