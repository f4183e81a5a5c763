import { type Dataset, RandomSampler, type Sampler } from "../../data/index.ts";
import type { FitOptions, Trainer } from "../../train/index.ts";
import { FedProx } from "./proximal.ts";
import { type FederatedUpdate, type FederatedWeights, putWeights, readWeights } from "./weights.ts";

/** Somebody with data of their own: here, in a worker, on another machine. */
export interface FederatedClient {
  /** What events call it. Default its number. */
  readonly name?: string;
  /** Trains from these weights. A client that throws is missing in the round. */
  train(weights: FederatedWeights, round: number): Promise<FederatedUpdate>;
}

/**
 * Clients that train here, one after the other, with one trainer, its model and its recorded steps: each begins a round with the
 * shared weights, and with the optimizer as it was at first. With `FedProx` as the trainer's regularizer they are pulled to the
 * weights of the round.
 *
 * @param sets each client's own data.
 * @param fit how they train in a round: epochs, batchSize, transform …
 *
 * @example const clients = transfer.localClients(trainer, sets, { epochs: 2, batchSize: 16 });
 */
export function localClients(
  trainer: Trainer,
  sets: readonly Dataset[],
  fit: Omit<FitOptions, "sampler" | "shuffle" | "seed"> = {},
): FederatedClient[] {
  const { model, optimizer, seed } = trainer;
  let turn: Promise<unknown> = Promise.resolve();
  let fresh: Awaited<ReturnType<typeof optimizer.stateDict>> | null = null;
  const train = async (set: Dataset, weights: FederatedWeights, round: number) => {
    fresh ??= await optimizer.stateDict();
    optimizer.loadStateDict(fresh);
    putWeights(model, weights);
    const { regularizer } = trainer.options;
    if (regularizer instanceof FedProx) regularizer.moveCentre();
    const { epochs = 1 } = fit;
    const from = round * epochs - trainer.position.epochsBegun;
    await trainer.fit(set, { ...fit, sampler: orderFrom(set, seed, from) });
    return { weights: await readWeights(model), examples: set.length };
  };
  return sets.map((set) => ({
    train(weights, round) {
      const own = turn.then(() => train(set, weights, round));
      turn = own.catch(() => {});
      return own;
    },
  }));
}

/** Random orders by a client's own epochs, whatever other clients did with the trainer before. */
function orderFrom({ length }: Dataset, seed: number, from: number): Sampler {
  const order = new RandomSampler(length, { seed });
  return { length, indices: (epoch) => order.indices(epoch + from) };
}
