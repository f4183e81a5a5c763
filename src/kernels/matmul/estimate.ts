import type { DeviceProfile } from "../../gpu/index.ts";
import type { GemmSize, Product } from "./problem.ts";
import { products } from "./variants.ts";

const ALL = { plain: true, swapped: true, steps: true };
const PLAIN: Omit<Product, keyof GemmSize | "fours"> = {
  epilogue: { bias: false, activation: "none" },
  layout: "",
};

/**
 * What a product costs with the kernel that is cheapest by rule, in multiply-adds of one thread.
 * @param inFours whether operands may come in whole vec4s.
 */
export function productCost(profile: DeviceProfile, size: GemmSize, inFours = true): number {
  const { n, k } = size;
  const fours = { plain: inFours && n % 4 === 0, swapped: false, steps: k % 4 === 0 };
  return products.cheapest({ ...sizeOf(size), ...PLAIN, fours }, profile).cost;
}

function sizeOf({ m, n, k, batches }: GemmSize): GemmSize {
  return { m, n, k, batches };
}

/** Whether products on such a device are fastest with operands that are contiguous along K. */
export function prefersAlongK(profile: DeviceProfile): boolean {
  const any = { m: 64, n: 64, k: 64, batches: 1, fours: ALL, ...PLAIN };
  return products.cheapest(any, profile).variant.alongK ?? false;
}
