/**
 * Matrix products on software adapters: the choice and the launch are those of ../tuning.ts and ../gemm_launch.ts.
 */
import portable from "../../../shaders/matmul/matmul.wgsl";
import quad from "../../../shaders/matmul/matmul_quad.wgsl";
import subgroup from "../../../shaders/matmul/matmul_subgroup.wgsl";
import vec4 from "../../../shaders/matmul/matmul_vec4.wgsl";
import type { Device } from "../../gpu/index.ts";
import type { GemmChoice, GemmSize, GemmVariant, Vec4Allowed } from "../tuning/tuning.ts";

export { cost } from "./gemm_cost.ts";
export { comesInFours, vec4Params, wholeSteps } from "./gemm_vec4.ts";
export { subgroupSize } from "./subgroups.ts";

import { subgroupSize } from "./subgroups.ts";

export const sources = { portable, subgroup, vec4, quad };

export function bestVariant(device: Device): GemmVariant {
  if (!device.features.has("subgroups")) return "portable";
  return hasQuads(device) ? "quad" : "vec4";
}

/** Where a subgroup is a quad, exchanging values within it is the cheapest way to share them. */
function hasQuads(device: Device): boolean {
  return device.info.subgroupMaxSize === 4;
}

/** Every sensible way to compute a product with the wanted kernel, or the nearest that can. */
export function candidates(
  device: Device,
  size: GemmSize,
  wanted: GemmVariant,
  allowed: Vec4Allowed,
): GemmChoice[] {
  const swaps = [false, true];
  const fours = swaps.filter((swap) => (swap ? allowed.swapped : allowed.plain));
  const variant = usable(wanted, fours.length > 0, allowed.steps);
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
