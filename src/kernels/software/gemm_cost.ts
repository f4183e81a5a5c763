import type { Device } from "../../gpu/index.ts";
import type { GemmChoice, GemmSize } from "../tuning/tuning.ts";
import { subgroupSize } from "./subgroups.ts";

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

/** Fewer workgroups than this leave cores idle at the end. */
const MIN_GROUPS = 8;
const SWAP_PENALTY = 1;

/** Time that a choice takes, in arbitrary units; comparable within one device. */
export function cost(device: Device, choice: GemmChoice, size: GemmSize): number {
  const m = choice.swap ? size.n : size.m;
  const n = choice.swap ? size.m : size.n;
  const workgroups = Math.ceil(m / choice.rows) * Math.ceil(n / choice.columns) * size.batches;
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
