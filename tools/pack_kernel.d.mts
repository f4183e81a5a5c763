import type { KernelSource } from "../src/gpu/kernel.ts";

export function packKernel(
  kernel: KernelSource,
): [name: string, body: string, bindings: string, size: number, fields: string];
