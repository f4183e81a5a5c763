import type { Plugin as EsbuildPlugin } from "esbuild";
import type { Plugin as VitePlugin } from "vite";
import type { KernelSource } from "../src/gpu/kernel.ts";

/** A file below shaders/ as it is written. */
export interface WrittenFile {
  /** As seen from shaders/. */
  readonly name: string;
  readonly text: string;
  /** Names of the files that its head says it uses. */
  readonly uses: readonly string[];
}

export function shaderFiles(path: string): Promise<WrittenFile[]>;
export function composed(files: readonly WrittenFile[]): string;
export function reflectKernel(
  file: string,
  source: string,
): Pick<KernelSource, "inputs" | "outputs" | "params">;
export function compileShader(path: string): Promise<string>;
export function wgslPlugin(): VitePlugin;
export function wgslEsbuild(): EsbuildPlugin;
