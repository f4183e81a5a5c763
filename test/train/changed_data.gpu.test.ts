// A checkpoint knows the data that its run works through: other data of the same size is noticed when it is gone on with.
import { describe, expect, it } from "vitest";
import { data, optim, Trainer, type TrainerOptions } from "../../src/index.ts";
import { CLASSES, tinyNet, weights } from "./toy.ts";

const COUNT = 12;
const FIT = { epochs: 3, batchSize: 2 };
const LABELS = Int32Array.from({ length: COUNT }, (_, i) => i % 3);

/** Pictures [1, 4, 6] of bytes, the same for the same seed. */
function bytes(seed: number): Uint8Array {
  const random = new data.Random(seed, 0);
  return Uint8Array.from({ length: COUNT * 24 }, () => 255 * random.float());
}
const PIXELS = bytes(1);

interface Changes {
  readonly pixels?: Uint8Array;
  readonly labels?: ArrayLike<number>;
  readonly nameOf?: (index: number) => string;
}

function setOf({ pixels = PIXELS, labels = LABELS, nameOf }: Changes = {}): data.Dataset {
  const set = data.fromArrays(pixels, [1, 4, 6], labels, { classes: CLASSES });
  return Object.assign(set, nameOf && { nameOf });
}

function options(): TrainerOptions {
  const model = tinyNet();
  return { model, optimizer: new optim.Adam(model.parameters(), { lr: 0.01 }), seed: 4 };
}

function memory() {
  const store = {
    bytes: new Uint8Array(),
    read: async () => store.bytes,
    write: async (written: Uint8Array) => {
      store.bytes = written.slice();
    },
  };
  return store;
}

/** The checkpoint of a run on `set` that was stopped after so many of its 18 steps. */
async function interrupted(set: data.Dataset, steps = 4) {
  const trainer = new Trainer(options());
  const stop = new AbortController();
  for await (const event of trainer.fit(set, { ...FIT, signal: stop.signal }))
    if (event.type === "step" && event.step === steps) stop.abort();
  const store = memory();
  await trainer.save(store);
  return store;
}

const file = (i: number) => `photos/train/${CLASSES[i % 3]}/${i}.jpg`;
const reversed = (values: ArrayLike<number>) => Array.from(values).reverse();

describe("a run that is gone on with", () => {
  const named = { nameOf: file };
  it.each<[string, Changes, Changes, RegExp]>([
    ["relabelled", {}, { labels: reversed(LABELS) }, /examples have other labels, or stand in/],
    [
      "with one label changed",
      {},
      { labels: LABELS.map((label, i) => (i === 5 ? 0 : label)) },
      /examples have other labels/,
    ],
    [
      "in another order",
      named,
      { nameOf: (i) => file((i + 3) % COUNT) },
      /examples have other names, or stand in another order/,
    ],
    ["of other files", named, { nameOf: (i) => `${i + 100}.jpg` }, /examples have other names/],
    ["of other pictures", {}, { pixels: bytes(2) }, /example 0 is another/],
    [
      "of other pictures of the same names",
      named,
      { ...named, pixels: bytes(2) },
      /example 0 \(photos\/train\/left\/0\.jpg\) is another/,
    ],
  ])("refuses data %s", async (_, then, now, message) => {
    const store = await interrupted(setOf(then));
    const trainer = await Trainer.resume(store, options());
    const before = await weights(trainer.model);
    await expect(trainer.fit(setOf(now), FIT)).rejects.toThrow(message);
    await expect(trainer.fit(setOf(now), FIT)).rejects.toThrow(
      /^fit: the run was interrupted and would go on where it stands, but the data changed: .*\. Give the same again, or begin another run with a new Trainer$/,
    );
    expect(await weights(trainer.model)).toEqual(before);
    expect((await trainer.fit(setOf(then), FIT)).epochs).toHaveLength(3);
  });

  it("refuses them between two epochs as well", async () => {
    const trainer = await Trainer.resume(await interrupted(setOf(), 6), options());
    expect(trainer.position).toMatchObject({ epoch: 1, batch: 0 });
    await expect(trainer.fit(setOf({ labels: reversed(LABELS) }), FIT)).rejects.toThrow(/labels/);
  });

  it("ends as an undisturbed one on the same data, moved and decoded a little otherwise", async () => {
    const whole = new Trainer(options());
    await whole.fit(setOf({ nameOf: file }), FIT);
    const store = await interrupted(setOf({ nameOf: file }));
    const moved = setOf({ nameOf: (i) => `D:\\copies\\${CLASSES[i % 3]}\\${i}.jpg` });
    const trainer = await Trainer.resume(store, options());
    await trainer.fit(moved, FIT);
    expect(await weights(trainer.model)).toEqual(await weights(whole.model));
    const rounded = setOf({ pixels: PIXELS.map((value) => Math.max(0, value - 1)) });
    const elsewhere = await Trainer.resume(await interrupted(setOf()), options());
    expect((await elsewhere.fit(rounded, FIT)).epochs).toHaveLength(3);
  });

  it("takes a set that gives other pictures each time, or doesn't tell its labels", async () => {
    const random = new data.Random(7, 0);
    const drawn: data.Dataset = {
      length: COUNT,
      classes: CLASSES,
      get: (i) => ({
        image: Uint8Array.from({ length: 24 }, () => 255 * random.float()),
        shape: [1, 4, 6],
        label: LABELS[i]!,
      }),
    };
    const trainer = await Trainer.resume(await interrupted(drawn), options());
    expect((await trainer.fit(drawn, FIT)).epochs).toHaveLength(3);
    const mute = { length: COUNT, classes: CLASSES, get: (i: number) => setOf().get(i) };
    const relabelled = { ...mute, get: (i: number) => ({ ...setOf().get(i), label: 0 }) };
    const again = await Trainer.resume(await interrupted(mute), options());
    await expect(again.fit(relabelled as data.Dataset, FIT)).rejects.toThrow(
      /example 1 is another/,
    );
    expect((await again.fit(mute as data.Dataset, FIT)).epochs).toHaveLength(3);
  });

  it("notices a single other picture among those that it knows", async () => {
    const trainer = await Trainer.resume(await interrupted(setOf()), options());
    const last = setOf({ pixels: new Uint8Array([...bytes(2).slice(0, 24), ...PIXELS.slice(24)]) });
    await expect(trainer.fit(last, FIT)).rejects.toThrow(/example 0 is another/);
  });

  it("goes on from a checkpoint that knows nothing of its data", async () => {
    const store = await interrupted(setOf());
    const text = Buffer.from(store.bytes).toString("latin1");
    expect(text).toMatch(/print/);
    const trainer = await Trainer.resume(store, options());
    // As checkpoints of before have it: no print, and so nothing to compare.
    const snapshot = await trainer.snapshot();
    const { print, ...course } = snapshot.course!;
    expect(print).toBeDefined();
    trainer.restore({ ...snapshot, course });
    const other = setOf({ labels: reversed(LABELS) });
    expect((await trainer.fit(other, FIT)).epochs).toHaveLength(3);
  });
});
