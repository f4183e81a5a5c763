import { useEffect, useState } from "preact/hooks";
import { studio } from "../studio.ts";

/** Bytes on the GPU that training takes as it is set now; null while it isn't known. */
export function useEstimate(): number | null {
  const [memory, setMemory] = useState<number | null>(null);
  const { train, batchSize } = studio.project.value.settings;
  const facts = studio.facts.value;
  const isBusy = studio.training.value !== null;
  useEffect(() => {
    if (!facts || isBusy) return;
    let isOver = false;
    const ask = async () => {
      const { trainingBytes } = await studio.client.ask("estimate", { train, batchSize });
      if (!isOver) setMemory(trainingBytes);
    };
    // A slider that is dragged asks once it rests.
    const timer = setTimeout(() => ask().catch(() => setMemory(null)), 120);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [facts, train, batchSize, isBusy]);
  return memory;
}
