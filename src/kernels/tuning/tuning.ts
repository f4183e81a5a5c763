import type { Device } from "../../gpu/index.ts";
import type { Gemm } from "../matmul/gemm.ts";
import { measuring } from "./measuring.ts";
import { softwareKernels } from "./software.ts";

export type GemmVariant = "portable" | "subgroup" | "vec4" | "quad" | "tiled";

/** Which kernel computes a matrix product, and with which constants. */
export interface GemmChoice {
  readonly variant: GemmVariant;
  /** Exchange the operands and write the result transposed: lanes then lie along its rows. */
  readonly swap: boolean;
  readonly constants: Readonly<Record<string, number>>;
  /** Rows and columns of the result that a workgroup owns. */
  readonly rows: number;
  readonly columns: number;
}

export interface GemmSize {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batches: number;
}

export type AdapterClass = "software" | "gpu";

let assumed: AdapterClass | null = null;

/** Has kernels chosen as for this kind of adapter whatever there is, so that tests reach all of them. */
export function assumeAdapterClass(kind: AdapterClass | null): void {
  assumed = kind;
}

/** Software adapters (SwiftShader, llvmpipe, WARP) want other kernels than GPUs. */
export function adapterClass(device: Device): AdapterClass {
  return assumed ?? (device.isSoftware ? "software" : "gpu");
}

/** Choices forced by `setGemmVariant` or found by measuring, by size. */
const chosen = new WeakMap<Device, Map<string, GemmChoice>>();
let forced: GemmVariant | null = null;

/** Restricts matrix products to one variant (tests, benches), or lifts the restriction. */
export function setGemmVariant(variant: GemmVariant | null): void {
  if (variant && variant !== "tiled" && !softwareKernels())
    throw new Error(`${variant} products are for software adapters: call loadSoftwareKernels()`);
  forced = variant;
}

/** In which orientations operands and result come in whole vec4s, and whether steps of K do. */
export interface Vec4Allowed {
  readonly plain: boolean;
  readonly swapped: boolean;
  readonly steps: boolean;
}

export const NO_VEC4: Vec4Allowed = { plain: false, swapped: false, steps: false };

function gemmKey({ m, n, k, batches }: GemmSize, { plain, swapped, steps }: Vec4Allowed): string {
  const allowed = [plain, swapped, steps].map(Number).join("");
  return `gemm ${m}x${n}x${k}x${batches} ${allowed}`;
}

/** Makes later products of this size on this device use `choice`. */
export function rememberGemm(
  device: Device,
  size: GemmSize,
  vec4: Vec4Allowed,
  choice: GemmChoice,
): void {
  const table = chosen.get(device) ?? new Map<string, GemmChoice>();
  chosen.set(device, table.set(gemmKey(size, vec4), choice));
}

/** A choice in words, unique among the candidates for a product. */
export function gemmLabel({ variant, swap, constants }: GemmChoice): string {
  const settings = Object.entries(constants).map(([name, value]) => `${name}=${value}`);
  return [variant, ...settings, ...(swap ? ["swapped"] : [])].join(" ");
}

/**
 * The kernel for a product: what was measured for its size, else the cheapest candidate by rule.
 * @param problem lets a device that measures find the best kernel for this very problem.
 */
export function chooseGemm(
  device: Device,
  size: GemmSize,
  vec4: Vec4Allowed = NO_VEC4,
  problem?: Gemm,
): GemmChoice {
  const key = forced ? "" : gemmKey(size, vec4);
  const measured = problem && !forced ? measuring(device) : null;
  const candidates = () => gemmCandidates(device, size, vec4);
  const tuned = problem && measured?.tunedGemm(device, key, problem, vec4, candidates);
  if (tuned) return tuned;
  const table = chosen.get(device) ?? new Map<string, GemmChoice>();
  const known = table.get(key);
  if (known) return known;
  const choices = candidates();
  const costs = choices.map((choice) => estimate(device, choice, size));
  const best = choices[costs.indexOf(Math.min(...costs))]!;
  if (!forced) chosen.set(device, table.set(key, best));
  return best;
}

/** Every sensible way to compute a product on this device, for a rule or a measurement to pick from. */
export function gemmCandidates(
  device: Device,
  size: GemmSize,
  vec4: Vec4Allowed = NO_VEC4,
): GemmChoice[] {
  const wanted = forced ?? defaultVariant(device);
  const software = softwareKernels();
  if (wanted === "tiled" || !software) return [1, 2].map((Q) => tiled(Q));
  return software.candidates(device, size, wanted, vec4);
}

function tiled(Q: number): GemmChoice {
  return { variant: "tiled", swap: false, constants: { Q }, rows: 32 * Q, columns: 32 * Q };
}

/** What was loaded for software adapters; the kernel for GPUs runs anywhere, though slowly there. */
function defaultVariant(device: Device): GemmVariant {
  return adapterClass(device) === "software"
    ? (softwareKernels()?.bestVariant(device) ?? "tiled")
    : "tiled";
}

/** Whether products like operands that run on along K on this device. */
export function prefersAlongK(device: Device): boolean {
  return defaultVariant(device) === "quad" && !forced;
}

/** Time that a choice takes, in arbitrary units; comparable within one device. */
export function estimate(device: Device, choice: GemmChoice, size: GemmSize): number {
  const software = softwareKernels();
  if (choice.variant !== "tiled" && software) return software.cost(device, choice, size);
  const workgroups =
    Math.ceil(size.m / choice.rows) * Math.ceil(size.n / choice.columns) * size.batches;
  // Large tiles read less; small ones keep more of the GPU busy.
  const busy = Math.min(1, workgroups / 128);
  return (workgroups * choice.rows * choice.columns * (1 + 32 / choice.rows)) / busy;
}

/** Cost of the kernel that `chooseGemm` picks, in multiply-adds of one thread; `inFours` when vec4s are allowed. */
export function estimateGemm(device: Device, size: GemmSize, inFours = true): number {
  const plain = inFours && size.n % 4 === 0;
  const choice = chooseGemm(device, size, { plain, swapped: false, steps: size.k % 4 === 0 });
  const software = adapterClass(device) === "software" ? softwareKernels() : null;
  return estimate(device, choice, size) * (software?.subgroupSize(device) ?? 1);
}

/** Enough threads to fill a GPU; more splitting only adds partial sums. */
const ENOUGH_THREADS = 16384;
const ENOUGH_GROUPS = 16;

/** Into how many slices of K a product is cut so that all cores work. */
export function gemmSplits(
  device: Device,
  choice: GemmChoice,
  { m, n, k, batches }: GemmSize,
): number {
  const [rows, columns] = choice.swap ? [n, m] : [m, n];
  const workgroups = Math.ceil(rows / choice.rows) * Math.ceil(columns / choice.columns) * batches;
  const wanted = adapterClass(device) === "software" ? ENOUGH_GROUPS : ENOUGH_THREADS / 64;
  return Math.max(1, Math.min(Math.floor(wanted / workgroups), Math.floor(k / 128)));
}
