import { useEffect, useState } from "preact/hooks";
import { studio } from "../studio.ts";
import type { MemoryNeeded, NetworkFacts, StepTimes } from "../worker/messages.ts";

/** What training takes as it is set now; null while that isn't known. */
export interface Costs {
  readonly memory: MemoryNeeded | null;
  readonly step: StepTimes | null;
  readonly isMeasuring: boolean;
}

/** Milliseconds after which a choice rests: of a slider that is dragged, and before the GPU is put to work. */
const [DRAGGED, RESTS] = [120, 900];

/** Steps that were measured, of each network by what was chosen. */
const measured = new WeakMap<NetworkFacts, Map<string, StepTimes>>();

/** Estimates memory at once, and measures a step when the choice rests; a training that runs has the GPU for itself. */
export function useCosts(): Costs {
  const [memory, setMemory] = useState<MemoryNeeded | null>(null);
  const [step, setStep] = useState<StepTimes | null>(null);
  const [isMeasuring, setMeasuring] = useState(false);
  const { train, batchSize, augment, cut } = studio.project.value.settings;
  const facts = studio.facts.value;
  const isBusy = studio.training.value !== null;
  useEffect(() => {
    const key = JSON.stringify([train, batchSize, augment]);
    const known = (facts && measured.get(facts)?.get(key)) ?? null;
    setStep(known);
    if (!facts || isBusy) return;
    let isOver = false;
    const estimate = async () => {
      const found = await studio.client.ask("estimate", { train, batchSize });
      if (!isOver) setMemory(found);
    };
    const measure = async () => {
      setMeasuring(true);
      const found = await studio.client.ask("measure", { train, batchSize, augment });
      if (found) remember(facts, key, found);
      if (!isOver) setStep(found);
      if (!isOver) setMeasuring(false);
    };
    const canMeasure = facts.isWhole && train.kind !== "auto" && cut === null && !known;
    const timers = [
      setTimeout(() => estimate().catch(() => setMemory(null)), DRAGGED),
      ...(canMeasure ? [setTimeout(() => measure().catch(() => setMeasuring(false)), RESTS)] : []),
    ];
    return () => {
      isOver = true;
      setMeasuring(false);
      for (const timer of timers) clearTimeout(timer);
    };
  }, [facts, train, batchSize, augment, cut, isBusy]);
  return { memory, step, isMeasuring };
}

function remember(facts: NetworkFacts, key: string, found: StepTimes): void {
  const known = measured.get(facts) ?? new Map<string, StepTimes>();
  measured.set(facts, known.set(key, found));
}
