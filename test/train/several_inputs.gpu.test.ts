// Models of several inputs: images of two sizes and a vector of measurements, from the dataset to files and back.
import { describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import {
  data,
  evaluate,
  F,
  formats,
  manualSeed,
  nn,
  optim,
  predict,
  type Tensor,
  Trainer,
  transfer,
} from "../../src/index.ts";
import { bars, memoryStore, weights } from "./toy.ts";

const { transforms } = data;

/** Of bars: the picture, the same at half its size as bytes, and for each third how bright it is, with values missing. */
function inputsOf(set: data.Dataset): data.Dataset {
  const examples = Array.from({ length: set.length }, (_, i) => set.get(i) as data.Example);
  const small = examples.flatMap(({ image }) =>
    Array.from({ length: 6 }, (_, p) => Math.min(255, 128 * image[2 * p])),
  );
  const labels = examples.map(({ label }) => label as number);
  const bytes = data.fromArrays(Uint8Array.from(small), [1, 2, 3], labels);
  const rows = examples.map(({ image, label }, i) =>
    [0, 1, 2].map((third) =>
      (i + third) % 4 === 0 ? Number.NaN : image[2 * third] + Number(label),
    ),
  );
  const scaled = data.standardize(rows, data.columnScale(rows));
  return data.zip(set, { dataset: bytes, transform: transforms.rescale() }, scaled);
}

/** What the picture says, what the small one says, and the measurements. */
class ThreeInputs extends nn.Module {
  readonly large = new nn.Linear(24, 3);
  readonly small = new nn.Linear(6, 3);
  readonly rows = new nn.Linear(6, 3);

  forward(images: Tensor, small: Tensor, rows: Tensor): Tensor {
    const seen = F.add(this.large.forward(images.flatten(1)), this.small.forward(small.flatten(1)));
    return F.add(seen, this.rows.forward(rows));
  }
}

function makeTrainer(more: object = {}) {
  manualSeed(1);
  const model = new ThreeInputs();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  return new Trainer({ model, optimizer, seed: 2, ...more });
}

const TRAIN = inputsOf(bars(24));
const TEST = inputsOf(bars(9, { seed: 5 }));
const FIT = { epochs: 4, batchSize: 8 };

describe("several inputs", () => {
  it("are loaded side by side, each through its own transforms", async () => {
    for await (const batch of new data.DataLoader(TRAIN, { batchSize: 5 })) {
      expect(batch.map(({ shape }) => shape)).toEqual([[5, 1, 4, 6], [5], [5, 1, 2, 3], [5, 6]]);
      const examples = await Promise.all([0, 1, 2, 3, 4].map((i) => TRAIN.get(i)));
      const [small, rows] = await Promise.all(batch.slice(2).map((tensor) => tensor.data()));
      const given = (at: number) => examples.flatMap(({ others }) => [...others![at].values]);
      expect([...rows]).toEqual(given(1));
      given(0).forEach((byte, i) => {
        expect(small[i]).toBeCloseTo(byte / 255, 6);
      });
      break;
    }
  });

  it("draw the same random numbers, so that pictures of one scene are flipped together", async () => {
    const floats = bars(16);
    const flip = transforms.randomFlip();
    const both = data.zip(floats, { dataset: floats, transform: flip });
    const loader = new data.DataLoader(both, { batchSize: 16, transform: flip, seed: 3 });
    for await (const [images, , other] of loader)
      expect([...(await other.data())]).toEqual([...(await images.data())]);
  });

  it("are there at once where each of them is, and later where one is", async () => {
    expect(TRAIN.get(3)).not.toBeInstanceOf(Promise);
    const late = { length: 24, get: async (i: number) => bars(24).get(i) };
    const both = data.zip(bars(24), late, late);
    expect(both.get(3)).toBeInstanceOf(Promise);
    expect((await both.get(3)).others).toHaveLength(2);
    expect(() => data.zip(bars(24), TRAIN).get(0)).toThrow(
      "example 0 has several inputs; put it first",
    );
  });

  it("stay together in subsets and splits, under the first one's names", async () => {
    const part = data.subset(TRAIN, [7]);
    expect((await part.get(0)).others).toEqual((await TRAIN.get(7)).others);
    const [half] = data.split(TRAIN, [0.5], { stratify: true });
    expect((await half.get(0)).others).toHaveLength(2);
  });

  it("train in one captured step that allocates nothing from step 2 on", async () => {
    const trainer = makeTrainer();
    const counts: number[] = [];
    for await (const event of trainer.fit(TRAIN, FIT))
      if (event.type === "step") counts.push(currentDevice().memory().liveBuffers);
    expect(Math.max(...counts.slice(1))).toBeLessThanOrEqual(counts[1]!);
  });

  it("are learned, judged, predicted, saved and loaded", async () => {
    const trainer = makeTrainer();
    await trainer.fit(TRAIN, { ...FIT, epochs: 12, validation: TEST });
    const found = await trainer.evaluate(TEST);
    expect(found.accuracy).toBeGreaterThan(0.8);
    const predictions = await trainer.predict(TEST);
    const labels = data.labelsOf(TEST);
    const right = predictions.filter(({ label }, i) => label === labels[i]).length;
    expect(right / labels.length).toBeCloseTo(found.accuracy, 6);

    const bytes = await formats.saveSafetensors(trainer.model.stateDict());
    const loaded = new ThreeInputs();
    transfer.loadPretrained(loaded, await formats.loadWeights(bytes));
    expect((await evaluate(loaded, TEST)).loss).toBeCloseTo(found.loss, 6);
    expect((await predict(loaded, TEST))[0].label).toBe(predictions[0].label);
  });

  it("are taken up again from a checkpoint", async () => {
    const whole = makeTrainer();
    await whole.fit(TRAIN, FIT);
    const part = makeTrainer();
    for await (const event of part.fit(TRAIN, FIT))
      if (event.type === "step" && event.step === 4) break;
    const store = memoryStore();
    await part.save(store);
    const { model, optimizer } = makeTrainer();
    const resumed = await Trainer.resume(store, { model, optimizer, seed: 2 });
    await resumed.fit(TRAIN, FIT);
    expect(await weights(resumed.model)).toEqual(await weights(whole.model));
  });

  it("that can't be are named", async () => {
    expect(() => data.zip(bars(3))).toThrow("nothing to zip");
    expect(() => data.zip(bars(3), [[1]])).toThrow("has 3 examples, other input 0 has 1");
    expect(() => data.zip(bars(2), [[1], []])).toThrow("row 1 of other input 0 has 0 numbers");
    const mixed = data.concat([data.zip(bars(2), [[1], [2]]), bars(2)]);
    await expect(makeTrainer().fit(mixed, { shuffle: false })).rejects.toThrow(
      "example 0 (index 0 of part 0) has floats [1], example 2 (index 0 of part 1) has none",
    );
    await expect(makeTrainer().fit(TRAIN, { mix: transforms.mixup() })).rejects.toThrow(
      "mix: images alone would be mixed",
    );
    const objective = { minimised: ({ loss }: { loss: Tensor }) => loss };
    await expect(makeTrainer({ objective }).fit(TRAIN)).rejects.toThrow(
      "an objective takes models of one input",
    );
  });
});
