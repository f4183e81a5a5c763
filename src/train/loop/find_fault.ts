import { DataLoader, type Example, exampleName } from "../../data/index.ts";

/**
 * After a loss that isn't finite: the example, among these, that holds NaN or infinity, or becomes so in the transform.
 * It is read again for that. null where the data is well.
 */
export async function findBadExample(
  loader: DataLoader,
  indices: Iterable<number>,
): Promise<string | null> {
  for (const index of indices) {
    const example = await loader.dataset.get(index);
    const name = exampleName(loader.dataset, index);
    const given = [example.image, ...(example.others ?? []).map(({ values }) => values)];
    if (!given.every(allFinite)) return `${name} holds NaN or infinity: leave it out`;
    if (!allFinite(await inputOf(loader, example)))
      return `the transform makes NaN or infinity of ${name}`;
  }
  return null;
}

/** What the model is given of an example. */
async function inputOf({ transform }: DataLoader, example: Example): Promise<ArrayLike<number>> {
  const alone = { length: 1, get: () => ({ ...example, others: undefined, label: 0 }) };
  let values: ArrayLike<number> = [];
  for await (const { images } of new DataLoader(alone, { transform }).batches())
    values = await images.data();
  return values;
}

function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
