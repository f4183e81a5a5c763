/** Multiply-adds that a launch of Graft's kernels needs, without what blocks compute beyond the edges. */
import type { Params } from "../../src/gpu/index.ts";

type Numbers = Readonly<Record<string, number>>;

/** Taps of all windows, an image and pair of channels. */
function taps({ kernel_h, kernel_w }: Numbers, pixels: number): number {
  return kernel_h! * kernel_w! * pixels;
}

const outputs = ({ out_h, out_w }: Numbers) => out_h! * out_w!;
const inputs = ({ in_h, in_w }: Numbers) => in_h! * in_w!;
const channelPairs = (p: Numbers) => p.channels! * p.out_channels! * p.groups!;
const product = (p: Numbers) => p.m! * p.n! * p.k! * (p.batches ?? 1);

/** By shader. Depthwise kernels have few multiply-adds, and wait for memory. */
const WORK: Readonly<Record<string, (params: Numbers, key: string) => number>> = {
  // The input's gradient is a product over dy's pixels, which the shader calls its input.
  implicit_product: (p, key) =>
    p.batch! *
    channelPairs(p) *
    taps(p, key.includes("INPUT_GRADIENT=true") ? inputs(p) : outputs(p)),
  implicit_weight_gradient: (p) => channelPairs(p) * taps(p, p.pixels!),
  matmul_blocked: product,
  matmul: product,
};

/** @param kernel the shader's name; @param key the kernel's, with its constants. */
export function multiplyAddsOf(kernel: string, key: string, params: Params): number {
  return WORK[kernel]?.(params as Numbers, key) ?? 0;
}
