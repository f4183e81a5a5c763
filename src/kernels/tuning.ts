import type { Device } from "../gpu/index.ts";

/** Which kernel computes a matrix product, and with which constants. */
export interface GemmChoice {
  readonly variant: "portable" | "subgroup" | "tiled";
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
  if (assumed) return assumed;
  const { vendor, architecture, device: name, description } = device.info;
  return /swiftshader|llvmpipe|lavapipe|software|basic render|warp/i.test(
    `${vendor} ${architecture} ${name} ${description}`,
  )
    ? "software"
    : "gpu";
}

/** Choices forced by `setGemmVariant` or found by measuring, by size. */
const measured = new WeakMap<Device, Map<string, GemmChoice>>();
let forced: GemmChoice["variant"] | null = null;

/** Restricts matrix products to one variant (tests, benches), or lifts the restriction. */
export function setGemmVariant(variant: GemmChoice["variant"] | null): void {
  forced = variant;
}

export function gemmKey({ m, n, k, batches }: GemmSize): string {
  return `gemm ${m}x${n}x${k}x${batches}`;
}

/** Makes later products of this size on this device use `choice`. */
export function rememberGemm(device: Device, size: GemmSize, choice: GemmChoice): void {
  const table = measured.get(device) ?? new Map<string, GemmChoice>();
  measured.set(device, table.set(gemmKey(size), choice));
}

/** The kernel for a product: what was measured for its size, else the cheapest candidate by rule. */
export function chooseGemm(device: Device, size: GemmSize): GemmChoice {
  const known = forced ? undefined : measured.get(device)?.get(gemmKey(size));
  if (known) return known;
  const candidates = gemmCandidates(device, size);
  return candidates.reduce((best, other) =>
    estimate(device, other, size) < estimate(device, best, size) ? other : best,
  );
}

/** Every sensible way to compute a product on this device, for a rule or a measurement to pick from. */
export function gemmCandidates(device: Device, size: GemmSize): GemmChoice[] {
  const variant = forced ?? defaultVariant(device);
  const one = (
    swap: boolean,
    constants: Record<string, number>,
    rows: number,
    columns: number,
  ): GemmChoice => ({
    variant,
    swap,
    constants,
    rows,
    columns,
  });
  if (variant === "tiled") return [1, 2].map((Q) => one(false, { Q }, 32 * Q, 32 * Q));
  const most = variant === "subgroup" ? 16 : 8;
  const found: GemmChoice[] = [];
  for (const swap of [false, true])
    for (const TM of [4, 8, 16].filter((rows) => rows <= most))
      for (const TN of [4, 8])
        for (const LANES of [4, 8, 16, 32, 64]) {
          const S = Math.min(subgroupSize(device), LANES, TM, 16);
          const constants: Record<string, number> = { TM, TN, LANES };
          if (variant === "subgroup") constants.S = S;
          if (isLargeTile(TM, TN) && size.m * size.n * size.k < LARGE_WORK) continue;
          found.push(one(swap, constants, TM, TN * LANES));
        }
  return found;
}

/** Below this many steps a large tile isn't worth the time it takes to compile. */
const LARGE_WORK = 1 << 18;

function isLargeTile(TM: number, TN: number): boolean {
  return TM * TN > 32;
}

function subgroupSize(device: Device): number {
  return Math.max(4, device.info.subgroupMinSize ?? 4);
}

function defaultVariant(device: Device): GemmChoice["variant"] {
  if (adapterClass(device) === "gpu") return "tiled";
  return device.features.has("subgroups") ? "subgroup" : "portable";
}

/** Costs in units of one multiply-add of a SIMD group, as measured on the software adapters. */
const LOAD = 17;
const BROADCAST = 5;
const LOOP = 8;
const STORE = 20;
/** What a workgroup costs to start. */
const GROUP = 300;

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
  const { TM, TN, LANES, S } = choice.constants as {
    TM: number;
    TN: number;
    LANES: number;
    S?: number;
  };
  const a = S ? (TM / S) * LOAD + TM * BROADCAST : TM * LOAD;
  const step = TN * LOAD + a + TM * TN + LOOP;
  const simd = LANES / Math.min(LANES, subgroupSize(device));
  const idle = Math.max(1, MIN_GROUPS / workgroups);
  const leftover = simd * (size.k * step + TM * TN * STORE) + GROUP;
  return workgroups * leftover * idle + SWAP_PENALTY * Number(choice.swap);
}

/** Cost of the kernel that `chooseGemm` picks, in multiply-adds of one thread. */
export function estimateGemm(device: Device, size: GemmSize): number {
  return (
    estimate(device, chooseGemm(device, size), size) *
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
