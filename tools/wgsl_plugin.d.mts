import type { Plugin as EsbuildPlugin } from "esbuild";
import type { Plugin as VitePlugin } from "vite";
import type { KernelSource } from "../src/gpu/kernel.ts";

export function reflectKernel(file: string, source: string): KernelSource;
export function compileShader(path: string): Promise<string>;
export function wgslPlugin(): VitePlugin;
export function wgslEsbuild(): EsbuildPlugin;
