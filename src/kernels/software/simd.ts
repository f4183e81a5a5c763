import type { DeviceProfile } from "../../gpu/index.ts";

/** What things take on a processor, in multiply-adds of a SIMD group, as measured on SwiftShader and llvmpipe. */
export const COST = {
  load: 17,
  loadOfFour: 40,
  broadcast: 5,
  loop: 8,
  store: 20,
  /** Starting a workgroup. */
  group: 300,
} as const;

/** Threads that a processor computes at once. */
export function simdWidth({ subgroup }: DeviceProfile): number {
  return Math.max(4, subgroup.min);
}

export function hasSubgroups({ kind, features }: DeviceProfile): boolean {
  return kind === "processor" && features.has("subgroups");
}

/** Whether a subgroup is a quad: exchanging values within it is then the cheapest way to share them. */
export function hasQuads(profile: DeviceProfile): boolean {
  return hasSubgroups(profile) && profile.subgroup.max === 4;
}

/** By what factor cores that stand idle at the end prolong a launch of this many workgroups. */
export function idleShare(workgroups: number, { busyWorkgroups }: DeviceProfile): number {
  return Math.max(1, busyWorkgroups / 2 / workgroups);
}
