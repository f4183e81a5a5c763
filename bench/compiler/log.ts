/** The log of a compiled step: lines of ours between what Mesa's compiler prints. */
import { readListing } from "./assembly.ts";
import { type Counts, hotLoop, wholeKernel } from "./hot_loop.ts";

/** Begins the part of one kernel, which its name follows. */
export const KERNEL = "@@kernel ";
/** Begins the line with the step's launches, as JSON. */
export const STEP = "@@step ";

/** One dispatch of the step. */
export interface Launch {
  /** Of the kernel, as in the log. */
  readonly kernel: string;
  readonly workgroups: number;
  /** Threads of a workgroup. */
  readonly threads: number;
  /** Of all buffers bound. */
  readonly bytes: number;
  /** Multiply-adds that the work needs; 0 where it needs none or that isn't known. */
  readonly multiplyAdds: number;
  /** Of a library's launch of which that isn't known: how often its hot loop runs, where that can be read. */
  readonly turns?: number;
}

export interface CompiledKernel {
  readonly name: string;
  readonly registers: number;
  /** Waves that a unit can hold at once, which the registers and workgroup memory leave room for. */
  readonly waves: number;
  readonly workgroupBytes: number;
  /** Registers that found no place, and bytes of memory in their stead. */
  readonly spilled: number;
  readonly scratchBytes: number;
  readonly hot: Counts;
  readonly whole: Counts;
}

export interface CompiledStep {
  readonly kernels: ReadonlyMap<string, CompiledKernel>;
  readonly launches: readonly Launch[];
}

/** @throws Error where the log is not of a step, or Mesa printed other things than expected. */
export function readLog(text: string): CompiledStep {
  const step = text.split("\n").find((line) => line.startsWith(STEP));
  if (!step)
    throw new Error(
      `the compiled step left no list of launches; it ended with:\n${text.slice(-800)}`,
    );
  const parts = text.split(`\n${KERNEL}`).slice(1);
  const kernels = new Map(parts.map(readKernel).map((kernel) => [kernel.name, kernel]));
  return { kernels, launches: JSON.parse(step.slice(STEP.length)) as Launch[] };
}

function readKernel(text: string): CompiledKernel {
  const name = text.slice(0, text.indexOf("\n"));
  const begin = text.indexOf("disasm:");
  if (begin < 0) throw new Error(`Mesa printed no instructions of ${name}`);
  const listing = readListing(text.slice(begin));
  const number = (label: string) => {
    const found = text.match(new RegExp(`^${label}: (\\d+)`, "m"))?.[1];
    if (found === undefined) throw new Error(`Mesa printed no "${label}" of ${name}`);
    return Number(found);
  };
  return {
    name,
    registers: number("VGPRs"),
    waves: number("Subgroups per SIMD"),
    workgroupBytes: number("LDS size"),
    spilled: number("Spilled VGPRs") + number("Spilled SGPRs"),
    scratchBytes: number("Scratch size"),
    hot: hotLoop(listing),
    whole: wholeKernel(listing),
  };
}
