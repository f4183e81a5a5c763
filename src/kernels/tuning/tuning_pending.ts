import type { Device } from "../../gpu/index.ts";
import type { ConvAlgorithm, ConvPass } from "../conv2d/algorithm.ts";
import { type ConvShape, convText } from "../conv2d/shape.ts";
import type { Gemm, Operand } from "../matmul/gemm.ts";
import { type GemmChoice, gemmLabel, type Vec4Allowed } from "./tuning.ts";

/** A matrix product without its arrays. */
export interface GemmSketch {
  readonly kind: "matmul";
  readonly key: string;
  readonly problem: Omit<Gemm, "a" | "b" | "bias">;
  readonly a: Omit<Operand, "array">;
  readonly b: Omit<Operand, "array">;
  /** Elements of the operands' arrays. */
  readonly sizes: readonly [number, number];
  readonly vec4: Vec4Allowed;
}

export interface ConvSketch {
  readonly kind: "conv2d";
  readonly key: string;
  readonly pass: ConvPass;
  readonly shape: ConvShape;
  readonly candidates: readonly string[];
}

export type Sketch = GemmSketch | ConvSketch;

const waiting = new WeakMap<Device, Map<string, Sketch>>();

/** Choices being tried out, by key. */
const trials = new WeakMap<Device, Map<string, string>>();

/**
 * What was measured for a problem, on a device that measures; a problem met for the first time is
 * noted, to be measured when there is time to wait for the GPU.
 */
function tunedVariant(
  device: Device,
  key: string,
  sketch: () => Sketch,
  known: (variant: string) => boolean,
): string | null {
  const variant = trials.get(device)?.get(key) ?? device.tuned?.get(key)?.variant;
  if (variant !== undefined && known(variant)) return variant;
  const problems = waiting.get(device) ?? new Map<string, Sketch>();
  if (!problems.has(key)) waiting.set(device, problems.set(key, sketch()));
  return null;
}

/** What was found for one pass of a convolution, among its candidates. */
export function tunedConv(
  device: Device,
  pass: ConvPass,
  shape: ConvShape,
  candidates: readonly ConvAlgorithm[],
): ConvAlgorithm | null {
  if (candidates.length < 2) return null;
  const key = `conv2d ${pass} ${convText(shape)} ${candidates.join(" ")}`;
  const sketch = () => ({ kind: "conv2d", key, pass, shape, candidates }) as const;
  let found: ConvAlgorithm | undefined;
  tunedVariant(device, key, sketch, (variant) => {
    found = candidates.find((candidate) => candidate === variant);
    return found !== undefined;
  });
  return found ?? null;
}

/** What was found for a product, among its candidates. */
export function tunedGemm(
  device: Device,
  key: string,
  problem: Gemm,
  vec4: Vec4Allowed,
  candidates: () => readonly GemmChoice[],
): GemmChoice | null {
  const exactly = `${key} ${layoutKey(problem)}`;
  let found: GemmChoice | null = null;
  const sketch = () => sketchOf(exactly, problem, vec4);
  tunedVariant(device, exactly, sketch, (variant) => {
    found = candidates().find((choice) => gemmLabel(choice) === variant) ?? null;
    return found !== null;
  });
  return found;
}

/** The next problem of a kind that waits to be measured. */
export function nextPending(device: Device, kind: Sketch["kind"]): Sketch | null {
  for (const sketch of waiting.get(device)?.values() ?? []) if (sketch.kind === kind) return sketch;
  return null;
}

export function pendingCount(device: Device): number {
  return waiting.get(device)?.size ?? 0;
}

export function settlePending(device: Device, key: string): void {
  waiting.get(device)?.delete(key);
}

/** Runs `fn` while a problem is solved with one variant. */
export function trying<T>(device: Device, key: string, variant: string, fn: () => T): T {
  const open = trials.get(device) ?? new Map<string, string>();
  trials.set(device, open.set(key, variant));
  try {
    return fn();
  } finally {
    open.delete(key);
  }
}

/** The problem without its arrays, which must not be kept alive. */
function sketchOf(key: string, gemm: Gemm, vec4: Vec4Allowed): GemmSketch {
  const { a, b, bias: _, ...problem } = gemm;
  const sizes = [a.array.size, b.array.size] as const;
  return { kind: "matmul", key, problem, a: bare(a), b: bare(b), sizes, vec4 };
}

function bare({ across, k, batch, first }: Operand): Omit<Operand, "array"> {
  return { across, k, batch, first };
}

/** How a product's operands and result lie in memory, as part of its key. */
function layoutKey({ a, b, out, inner, dtype }: Gemm): string {
  const along = ({ across, k }: Operand) =>
    `${k.step === 1 ? "k" : across.step === 1 ? "x" : "-"}${k.outer ? "+" : ""}${across.outer ? "+" : ""}`;
  const result = out ? `${out.row.step === 1 ? "r" : out.column.step === 1 ? "c" : "-"}` : "c";
  const folded = inner ? Object.entries(inner).join(" ") : "";
  return `${along(a)}${along(b)}${result} ${folded} ${a.array.dtype}>${dtype ?? a.array.dtype}`;
}
