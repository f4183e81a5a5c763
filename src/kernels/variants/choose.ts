import type { Device } from "../../gpu/index.ts";
import type { VariantList } from "./list.ts";
import type { Choice, Variant } from "./variant.ts";

/** Chooses by what was measured; loaded where `init({ tuning: "measure" })` asks for it. */
export interface Chooser {
  /** The fastest choice, where it is known; a problem that is new is noted, to be measured later. */
  fastest<Problem, V extends Variant<Problem>, Source>(
    list: VariantList<Problem, V, Source>,
    problem: Problem,
    source: Source,
  ): Choice<V> | null;
}

const makeSlot = () => ({ chooser: null as Chooser | null });

/** Where a device has its chooser, once it measures. */
export const chooserOf = (device: Device) => device.part(makeSlot);

/**
 * Which variant computes a problem, and with which settings: the cheapest by rule, or, on a device that measures, the
 * one that was fastest.
 *
 * @param source the problem as it is posed, for families that can be measured.
 */
export function choose<Problem, V extends Variant<Problem>, Source = Problem>(
  list: VariantList<Problem, V, Source>,
  problem: Problem,
  device: Device,
  source?: Source,
): Choice<V> {
  const { chooser } = chooserOf(device);
  const measures = device.tuning === "measure" && source !== undefined;
  const found = measures ? chooser?.fastest(list, problem, source) : null;
  return found ?? list.cheapest(problem, device.profile);
}
