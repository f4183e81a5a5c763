import { noGrad, Tensor } from "../autograd/index.ts";
import {
  DataLoader,
  type DataLoaderOptions,
  type Dataset,
  transformed,
  transforms,
} from "../data/index.ts";

export interface BatchesOptions {
  /** Images that are run at once. Default 32. */
  readonly batchSize?: number;
  /** What the images go through before the model; random parts are left out. */
  readonly transform?: DataLoaderOptions["transform"];
}

export const BATCHES_OPTIONS = ["batchSize", "transform"];

/** Images as the model takes them, batch by batch, with the place of each one's first. A batch lasts until the next is asked for. */
export async function* batchesOf(
  images: Tensor | Dataset,
  { batchSize = 32, transform = [] }: BatchesOptions,
): AsyncGenerator<{ batch: Tensor; first: number }> {
  const plain = transforms.withoutRandomness(transform);
  if (!(images instanceof Tensor)) {
    let first = 0;
    for await (const [batch] of new DataLoader(images, { batchSize, transform: plain })) {
      yield { batch, first };
      first += batch.shape[0]!;
    }
    return;
  }
  const [count = 0] = images.shape;
  for (let first = 0; first < count; first += batchSize) {
    const part = noGrad(() => images.narrow(0, first, Math.min(batchSize, count - first)));
    const batch = plain.length > 0 ? await transformed(part, plain) : part;
    yield { batch, first };
    for (const used of new Set([part, batch])) used.dispose();
  }
}
