import type { Kernel } from "./kernel.ts";

/** Compiler messages with the source lines they point at. */
export function shaderErrorText(
  kernel: Kernel,
  messages: readonly { message: string; lineNum: number; linePos: number }[],
): string {
  const lines = kernel.source.split("\n");
  const parts = messages.map(({ message, lineNum, linePos }) => {
    const shown = lines
      .slice(Math.max(0, lineNum - 3), lineNum)
      .map((line, i) => `${String(Math.max(1, lineNum - 2) + i).padStart(5)} | ${line}`);
    return `${message}\n${shown.join("\n")}\n${" ".repeat(8 + Math.max(0, linePos - 1))}^`;
  });
  return `${kernel.name}.wgsl (${kernel.key}) does not compile:\n${parts.join("\n")}`;
}
