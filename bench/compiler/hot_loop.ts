/** What a kernel spends its time with: the instructions of its hot loop, by kind. */
import {
  allLoops,
  type Kind,
  kindOf,
  type Listing,
  type Loop,
  multiplyAddsOf,
} from "./assembly.ts";

/** Instructions that one wave issues. */
export type Counts = Readonly<Record<Kind, number>> & {
  readonly instructions: number;
  /** Of a thread. */
  readonly multiplyAdds: number;
};

const NONE: Counts = {
  instructions: 0,
  multiplyAdds: 0,
  multiplyAdd: 0,
  vector: 0,
  workgroupMemory: 0,
  memory: 0,
  spill: 0,
  scalar: 0,
  wait: 0,
};

/**
 * The hot loop: of those whose number of runs isn't written into the code (the walk along what a product sums over) the one
 * with most multiply-adds; the whole kernel where there is no such loop. Loops within it count as often as they run.
 */
export function hotLoop(listing: Listing): Counts {
  const open = allLoops(listing.whole)
    .slice(1)
    .filter((loop) => runsOf(listing, loop) === null)
    .map((loop) => countLoop(listing, loop));
  const most = open.sort(
    (a, b) => b.multiplyAdd - a.multiplyAdd || b.instructions - a.instructions,
  );
  return most[0] ?? wholeKernel(listing);
}

/** The kernel from end to end; loops that run an unknown number of times count once. */
export function wholeKernel(listing: Listing): Counts {
  return countLoop(listing, listing.whole);
}

/** Multiply-adds among the instructions. */
export function shareOf({ multiplyAdd, instructions }: Counts): number {
  return instructions === 0 ? 0 : multiplyAdd / instructions;
}

function countLoop(listing: Listing, loop: Loop): Counts {
  const sum: Record<keyof Counts, number> = { ...NONE };
  for (let i = loop.from; i <= loop.to; i++) {
    const inner = loop.inner.find(({ from, to }) => from <= i && i <= to);
    if (inner) {
      const counts = countLoop(listing, inner);
      const runs = runsOf(listing, inner) ?? 1;
      for (const key of Object.keys(NONE) as (keyof Counts)[]) sum[key] += runs * counts[key];
      i = inner.to;
      continue;
    }
    const instruction = listing.instructions[i]!;
    const kind = kindOf(instruction);
    if (!kind) continue;
    sum[kind]++;
    sum.instructions++;
    sum.multiplyAdds += multiplyAddsOf(instruction);
  }
  return sum;
}

const ADD = /^(?:s_add_[iu]32|s_addk_i32|v_add_nc_u32\w*|v_add_u32\w*) (\w+), (\w+)(?:, (\w+))?$/;
const MOVE = /^[sv]_mov_b32\w* (\w+), (\w+)$/;
const COMPARE = /^(?:s_cmpk?|v_cmpx?)_.* (\w+), (\w+)$/;

/** How often a loop runs where a register of its own counts from 0 in constant steps to a constant end; else null. */
function runsOf(listing: Listing, loop: Loop): number | null {
  const own = ownIndices(loop);
  const steps = stepsOf(own.map((i) => listing.instructions[i]!));
  for (const i of own) {
    const target = listing.branches.get(i);
    const leaves = target !== undefined && (target < loop.from || target > loop.to);
    const conditional = listing.instructions[i]!.startsWith("s_cbranch");
    if (!conditional || (!leaves && i !== loop.to)) continue;
    const [, a, b] = conditionOf(listing, loop, i)?.match(COMPARE) ?? [];
    if (!a || !b) continue;
    for (const [register, end] of [
      [a, constant(b)],
      [b, constant(a)],
    ] as const) {
      const step = steps.get(register);
      if (step !== undefined && end !== null) return Math.ceil(end / step);
    }
  }
  return null;
}

/** Indices of what is in a loop and in none within it. */
function ownIndices({ from, to, inner }: Loop): number[] {
  const all = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return all.filter((i) => !inner.some((loop) => loop.from <= i && i <= loop.to));
}

/** By how much registers grow in each run, also those that are kept in another register from run to run. */
function stepsOf(instructions: readonly string[]): Map<string, number> {
  const steps = new Map<string, number>();
  const moves = instructions.map((instruction) => instruction.match(MOVE) ?? []);
  const isKept = (by: string, value: string) =>
    by === value || moves.some(([, to, from]) => to === by && from === value);
  for (const instruction of instructions) {
    const [, target, a, b] = instruction.match(ADD) ?? [];
    if (!target) continue;
    const other = b === undefined || isKept(a!, target) ? (b ?? a) : isKept(b, target) ? a : "";
    const step = constant(other);
    if (step !== null) steps.set(target, step);
  }
  return steps;
}

/** The comparison that a branch goes by: the last one before it that sets what it looks at. */
function conditionOf({ instructions }: Listing, { from }: Loop, branch: number): string | null {
  const byScalar = instructions[branch]!.includes("_scc");
  for (let i = branch - 1; i >= from; i--)
    if (/^(s_cmpk?|v_cmpx?)_/.test(instructions[i]!))
      if (instructions[i]!.startsWith("s_") === byScalar) return instructions[i]!;
  return null;
}

/** A number written into an instruction, if it is one that may count loops. */
function constant(text: string | undefined): number | null {
  if (!text || !/^(0x[0-9a-f]+|\d+)$/.test(text)) return null;
  const value = Number(text);
  return value > 0 && value < 1e6 ? value : null;
}
