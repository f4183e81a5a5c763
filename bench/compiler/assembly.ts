/** Reads the listing of one compiled shader as Mesa prints it: instructions, and the loops that they form. */

/** What an instruction occupies; `null` for those that only hint. */
export type Kind =
  | "multiplyAdd"
  | "vector"
  | "workgroupMemory"
  | "memory"
  | "spill"
  | "scalar"
  | "wait";

export interface Loop {
  /** Indices of its first and last instruction. */
  readonly from: number;
  readonly to: number;
  readonly inner: Loop[];
}

export interface Listing {
  readonly instructions: readonly string[];
  /** Where branches lead: index of the branch to index of its target. */
  readonly branches: ReadonlyMap<number, number>;
  /** Everything, with the outermost loops in it. */
  readonly whole: Loop;
}

const MULTIPLY_ADD = /^v_(dual_)?(pk_)?(fma|mad_f|mac|dot|wmma)/;

/** The kind of an instruction; of two that are issued together, the multiply-add counts. */
export function kindOf(instruction: string): Kind | null {
  if (/^s_(delay_alu|clause|nop|code_end)/.test(instruction)) return null;
  if (instruction.split(" :: ").some((half) => MULTIPLY_ADD.test(half))) return "multiplyAdd";
  if (instruction.startsWith("ds_")) return "workgroupMemory";
  if (instruction.startsWith("scratch_")) return "spill";
  if (/^(buffer|global|flat)_/.test(instruction)) return "memory";
  if (instruction.startsWith("v_")) return "vector";
  return /^s_(wait|barrier)/.test(instruction) ? "wait" : "scalar";
}

/** Multiply-adds that a thread gets from an instruction: two where two are issued together or packed. */
export function multiplyAddsOf(instruction: string): number {
  const halves = instruction.split(" :: ").filter((half) => MULTIPLY_ADD.test(half));
  return halves.length * (instruction.startsWith("v_pk_") ? 2 : 1);
}

/** @param text from "disasm:" on; what follows the listing is left alone. */
export function readListing(text: string): Listing {
  const instructions: string[] = [];
  const blocks = new Map<string, number>();
  for (const line of text.split("\n")) {
    const block = line.match(/^(BB\d+):/)?.[1];
    if (block) blocks.set(block, instructions.length);
    else if (/^\t[a-z]/.test(line)) instructions.push(line.trim().replace(/\s*;.*$/, ""));
    else if (line.startsWith("*** SHADER STATS")) break;
  }
  const branches = branchesOf(instructions, blocks);
  return { instructions, branches, whole: nest(loopsOf(branches), instructions.length) };
}

function branchesOf(instructions: readonly string[], blocks: ReadonlyMap<string, number>) {
  const branches = new Map<number, number>();
  instructions.forEach((instruction, i) => {
    const target = blocks.get(instruction.match(/^s_c?branch\w* (BB\d+)/)?.[1] ?? "");
    if (target !== undefined) branches.set(i, target);
  });
  return branches;
}

/** A branch back makes a loop; of several to one place the last one ends it. */
function loopsOf(branches: ReadonlyMap<number, number>): Loop[] {
  const ends = new Map<number, number>();
  for (const [i, target] of branches) if (target <= i) ends.set(target, i);
  return [...ends].map(([from, to]) => ({ from, to, inner: [] }));
}

function nest(loops: readonly Loop[], length: number): Loop {
  const whole: Loop = { from: 0, to: length - 1, inner: [] };
  const open = [whole];
  for (const loop of [...loops].sort((a, b) => a.from - b.from || b.to - a.to)) {
    while (open.at(-1)!.to < loop.from) open.pop();
    open.at(-1)!.inner.push(loop);
    open.push(loop);
  }
  return whole;
}

/** A loop and all within it. */
export function allLoops(loop: Loop): Loop[] {
  return [loop, ...loop.inner.flatMap(allLoops)];
}
