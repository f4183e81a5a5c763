import { type LoadedNetwork, loadNetwork } from "webgraft";
import { KeptNetwork } from "./kept_network.ts";
import type { Ranking, Trained } from "./messages.ts";

/** The network that was asked last: a live picture asks the same one several times a second. */
const kept = new KeptNetwork<string>();

export function networkOf({ run, network: file }: Trained): Promise<LoadedNetwork> {
  return kept.of(run, () => loadNetwork(file));
}

/** The classes of pictures, for each the likeliest first. */
export async function predict(ask: Trained & { pictures: readonly Blob[] }): Promise<Ranking[]> {
  const network = await networkOf(ask);
  const predictions = await network.predict([...ask.pictures]);
  return predictions.map(({ probabilities }) => ranking(probabilities, network.classes));
}

export function ranking(probabilities: ArrayLike<number>, classes: readonly string[]): Ranking {
  return Array.from(probabilities, (probability, i) => ({
    name: classes[i] ?? String(i),
    probability,
  })).sort((a, b) => b.probability - a.probability);
}
