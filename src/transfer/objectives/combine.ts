import type { Tensor } from "../../autograd/index.ts";
import type { Objective } from "../../train/index.ts";

/**
 * Several objectives as one: each is given what the one before it came to as the batch's loss.
 *
 * @example combineObjectives(distillation({ teacher }), jointObjective({ set: rehearsal }))
 */
export function combineObjectives(...objectives: Objective[]): Objective {
  /** How many tensors each has beside a batch; known once the first was dealt out. */
  let counts: number[] = objectives.map(() => 0);
  const modules = objectives.flatMap((objective, i) =>
    Object.entries(objective.modules ?? {}).map(([name, module]) => [`${i}.${name}`, module]),
  );
  return {
    modules: Object.fromEntries(modules),
    async *beside(first) {
      const parts = objectives.map((objective) => objective.beside?.(first));
      try {
        while (true) {
          const dealt = await Promise.all(parts.map(async (part) => tensorsIn(await part?.next())));
          counts = dealt.map(({ length }) => length);
          yield dealt.flat();
        }
      } finally {
        await Promise.all(parts.map((part) => part?.return()));
      }
    },
    minimised(batch) {
      let [loss, at] = [batch.loss, 0];
      objectives.forEach((objective, i) => {
        const beside = batch.beside.slice(at, at + counts[i]!);
        at += beside.length;
        loss = objective.minimised({ ...batch, loss, beside });
      });
      return loss;
    },
  };
}

const tensorsIn = (next: IteratorResult<readonly Tensor[], void> | undefined) =>
  next?.done === false ? next.value : [];
