import type { Device } from "../../gpu/index.ts";
import { type Rehearsal, tunerOf } from "../tuning/tuner.ts";
import type { VariantList } from "./list.ts";
import { type Choice, labelOf, type Variant } from "./variant.ts";

/**
 * Which variant computes a problem, and with which settings: the cheapest by rule, or, on a device that measures, the
 * one that was fastest.
 *
 * @param rehearse for families that can be measured: called when the problem is met for the first time, it says how
 *   the choices can be tried out later.
 */
export function choose<Problem, V extends Variant<Problem>>(
  list: VariantList<Problem, V>,
  problem: Problem,
  device: Device,
  rehearse?: () => Rehearsal<V>,
): Choice<V> {
  const measured = rehearse && device.tuning === "measure";
  return (
    (measured ? fastest(list, problem, device, rehearse) : null) ??
    list.cheapest(problem, device.profile)
  );
}

/** What was measured for a problem; one that is new is noted, to be measured when there is time to wait for the GPU. */
function fastest<Problem, V extends Variant<Problem>>(
  list: VariantList<Problem, V>,
  problem: Problem,
  device: Device,
  rehearse: () => Rehearsal<V>,
): Choice<V> | null {
  const choices = list.ranked(problem, device.profile);
  if (choices.length < 2) return null;
  const tuner = tunerOf(device);
  const key = `${list.name} ${list.key?.(problem)}`;
  const label = tuner.table?.get(key)?.variant;
  const found = choices.find((choice) => labelOf(choice) === label);
  if (!found) tuner.meet(key, choices, rehearse);
  return found ?? null;
}
