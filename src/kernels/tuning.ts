import type { Device } from "../gpu/index.ts";
import type { Gemm } from "./gemm.ts";
import { layoutKey, sketchOf, tunedVariant } from "./tuning_pending.ts";

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
const measured = new WeakMap<Device, Map<string, GemmChoice>>();
let forced: GemmVariant | null = null;

/** Restricts matrix products to one variant (tests, benches), or lifts the restriction. */
export function setGemmVariant(variant: GemmVariant | null): void {
  forced = variant;
}

/** In which orientations operands and result come in whole vec4s, and whether steps of K do. */
export interface Vec4Allowed {
  readonly plain: boolean;
  readonly swapped: boolean;
  readonly steps: boolean;
}

const NO_VEC4: Vec4Allowed = { plain: false, swapped: false, steps: false };

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
  const table = measured.get(device) ?? new Map<string, GemmChoice>();
  measured.set(device, table.set(gemmKey(size, vec4), choice));
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
  const tuned = problem && !forced ? tunedGemm(device, problem, vec4) : null;
  if (tuned) return tuned;
  const table = measured.get(device) ?? new Map<string, GemmChoice>();
  const key = forced ? "" : gemmKey(size, vec4);
  const known = table.get(key);
  if (known) return known;
  const candidates = gemmCandidates(device, size, vec4);
  const costs = candidates.map((choice) => estimate(device, choice, size));
  const best = candidates[costs.indexOf(Math.min(...costs))]!;
  if (!forced) measured.set(device, table.set(key, best));
  return best;
}

function tunedGemm(device: Device, problem: Gemm, vec4: Vec4Allowed): GemmChoice | null {
  if (device.tuning !== "measure") return null;
  const key = `${gemmKey(problem, vec4)} ${layoutKey(problem)}`;
  let found: GemmChoice | null = null;
  tunedVariant(
    device,
    key,
    () => sketchOf(key, problem, vec4),
    (variant) => {
      const candidates = gemmCandidates(device, problem, vec4);
      found = candidates.find((choice) => gemmLabel(choice) === variant) ?? null;
      return found !== null;
    },
  );
  return found;
}

/** The most promising candidates by rule, best first. */
export function gemmShortlist(
  device: Device,
  size: GemmSize,
  vec4: Vec4Allowed,
  most: number,
): GemmChoice[] {
  return gemmCandidates(device, size, vec4)
    .map((choice) => ({ choice, cost: estimate(device, choice, size) }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, most)
    .map(({ choice }) => choice);
}

/** Every sensible way to compute a product on this device, for a rule or a measurement to pick from. */
export function gemmCandidates(
  device: Device,
  size: GemmSize,
  vec4: Vec4Allowed = NO_VEC4,
): GemmChoice[] {
  const wanted = forced ?? defaultVariant(device);
  if (wanted === "tiled") return [1, 2].map((Q) => tiled(Q));
  const swaps = [false, true];
  const fours = swaps.filter((swap) => (swap ? vec4.swapped : vec4.plain));
  const variant = usable(wanted, fours.length > 0, vec4.steps);
  if (variant === "quad") return fours.flatMap(quads);
  return (variant === "vec4" ? fours : swaps).flatMap((swap) =>
    registerTiles(device, size, variant, swap),
  );
}

/** The wanted kernel, or the nearest that takes operands which don't come in fours. */
function usable(wanted: GemmVariant, fours: boolean, steps: boolean): GemmVariant {
  if (wanted !== "quad" && wanted !== "vec4") return wanted;
  if (!fours) return "subgroup";
  return steps ? wanted : "vec4";
}

function quads(swap: boolean): GemmChoice[] {
  // Few, because each takes a tenth of a second to compile.
  return [8, 32].map((LANES) => {
    return { variant: "quad", swap, constants: { LANES }, rows: 16, columns: 4 * LANES };
  });
}

function tiled(Q: number): GemmChoice {
  return { variant: "tiled", swap: false, constants: { Q }, rows: 32 * Q, columns: 32 * Q };
}

function registerTiles(
  device: Device,
  size: GemmSize,
  variant: GemmVariant,
  swap: boolean,
): GemmChoice[] {
  const found: GemmChoice[] = [];
  const large = size.m * size.n * size.k * size.batches >= LARGE_WORK;
  for (const TM of variant === "portable" ? [4, 8] : [4, 8, 16])
    for (const TN of [4, 8])
      for (const LANES of [4, 8, 16, 32, 64]) {
        if (!large && (TM * TN > 16 || LANES !== 8)) continue;
        const S = Math.min(subgroupSize(device), LANES, variant === "vec4" ? 16 : TM, 16);
        const constants: Record<string, number> = { TM, TN, LANES };
        if (variant !== "portable") constants.S = S;
        found.push({ variant, swap, constants, rows: TM, columns: TN * LANES });
      }
  return found;
}

/** Below this many steps it isn't worth the time to compile any but one small tile. */
const LARGE_WORK = 1 << 18;

function subgroupSize(device: Device): number {
  return Math.max(4, device.info.subgroupMinSize ?? 4);
}

function defaultVariant(device: Device): GemmVariant {
  if (adapterClass(device) === "gpu") return "tiled";
  if (!device.features.has("subgroups")) return "portable";
  return hasQuads(device) ? "quad" : "vec4";
}

/** Where a subgroup is a quad, exchanging values within it is the cheapest way to share them. */
function hasQuads(device: Device): boolean {
  return device.info.subgroupMaxSize === 4;
}

/** Whether products like operands that run on along K on this device. */
export function prefersAlongK(device: Device): boolean {
  return defaultVariant(device) === "quad" && !forced;
}

/** Costs in units of one multiply-add of a SIMD group, as measured on the software adapters. */
const LOAD = 17;
const LOAD_OF_FOUR = 40;
const BROADCAST = 5;
const LOOP = 8;
const STORE = 20;
/** What a workgroup costs to start. */
const GROUP = 300;
/** Of matmul_quad.wgsl, for a step of K: exchanging values, and 64 multiply-adds four of which share a sum's way. */
const QUAD_SWAPS = 12;
const QUAD_SUMS = 32;

/** Time that a choice takes, in arbitrary units; comparable within one device. */
function estimate(device: Device, choice: GemmChoice, size: GemmSize): number {
  const m = choice.swap ? size.n : size.m;
  const n = choice.swap ? size.m : size.n;
  const workgroups = Math.ceil(m / choice.rows) * Math.ceil(n / choice.columns) * size.batches;
  if (choice.variant === "tiled") {
    // Large tiles read less; small ones keep more of the GPU busy.
    const busy = Math.min(1, workgroups / 128);
    return (workgroups * choice.rows * choice.columns * (1 + 32 / choice.rows)) / busy;
  }
  if (choice.variant === "quad") {
    const step = 2 * LOAD_OF_FOUR + QUAD_SWAPS + QUAD_SUMS + LOOP / 4;
    const simd = choice.columns / 16;
    return (
      workgroups * (simd * (size.k * step + 64 * STORE) + GROUP) * idleShare(workgroups) +
      SWAP_PENALTY * Number(choice.swap)
    );
  }
  const { TM, TN, LANES, S } = choice.constants as {
    TM: number;
    TN: number;
    LANES: number;
    S?: number;
  };
  const element = choice.variant === "vec4" ? LOAD_OF_FOUR / 4 : LOAD;
  const a = S ? Math.max(1, TM / S) * element + TM * BROADCAST : TM * LOAD;
  const step = TN * element + a + TM * TN + LOOP;
  const simd = LANES / Math.min(LANES, subgroupSize(device));
  const leftover = simd * (size.k * step + TM * TN * STORE) + GROUP;
  return workgroups * leftover * idleShare(workgroups) + SWAP_PENALTY * Number(choice.swap);
}

/** What few workgroups leave of the cores idle at the end. */
function idleShare(workgroups: number): number {
  return Math.max(1, MIN_GROUPS / workgroups);
}

/** Cost of the kernel that `chooseGemm` picks, in multiply-adds of one thread; `inFours` when vec4s are allowed. */
export function estimateGemm(device: Device, size: GemmSize, inFours = true): number {
  const plain = inFours && size.n % 4 === 0;
  const choice = chooseGemm(device, size, { plain, swapped: false, steps: size.k % 4 === 0 });
  return (
    estimate(device, choice, size) *
    (adapterClass(device) === "software" ? subgroupSize(device) : 1)
  );
}

/** Fewer workgroups than this leave cores idle at the end. */
const MIN_GROUPS = 8;
const SWAP_PENALTY = 1;

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
