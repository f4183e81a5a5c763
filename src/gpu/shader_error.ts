import type { Kernel, ShaderFile } from "./kernel.ts";

export interface ShaderMessage {
  readonly message: string;
  /** Counted from 1, in all files of the kernel together. */
  readonly lineNum: number;
  readonly linePos: number;
}

/** Compiler messages with the file and the line that each points at, and what stands there with the constants chosen. */
export function shaderErrorText(kernel: Kernel, messages: readonly ShaderMessage[]): string {
  const lines = kernel.source.split("\n");
  const parts = messages.map(({ message, lineNum, linePos }) => {
    const { name, line } = locate(kernel.files, lineNum);
    const shown = [line - 2, line - 1, line]
      .filter((number) => number > 0)
      .map((number) => `${String(number).padStart(5)} | ${lines[lineNum - 1 - line + number]}`);
    const pointer = `${" ".repeat(8 + Math.max(0, linePos - 1))}^`;
    return `${name}:${line}: ${message}\n${shown.join("\n")}\n${pointer}`;
  });
  return `${kernel.name}.wgsl (${kernel.key}) does not compile:\n${parts.join("\n")}`;
}

/** The file that a line of the whole belongs to, and its number there. */
function locate(files: readonly ShaderFile[], lineNum: number): { name: string; line: number } {
  let line = lineNum;
  for (const { name, text } of files) {
    const count = text.split("\n").length;
    if (line <= count) return { name, line };
    line -= count;
  }
  throw new RangeError(`line ${lineNum} is in none of the kernel's files`);
}
