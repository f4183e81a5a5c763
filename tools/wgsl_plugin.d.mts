import type { Plugin as EsbuildPlugin } from "esbuild";
import type { Plugin as VitePlugin } from "vite";
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
/** What wgsl_reflect reads of a kernel: names of tensors, and of `params` the members with their offsets and numbers of scalars. */
export interface ReflectedKernel {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly params: {
    readonly size: number;
    readonly fields: Readonly<Record<string, readonly [number, "f32" | "u32" | "i32", number?]>>;
  } | null;
}

export function reflectKernel(file: string, source: string): ReflectedKernel;
export function compileShader(path: string): Promise<string>;
export function wgslPlugin(): VitePlugin;
export function wgslEsbuild(): EsbuildPlugin;
