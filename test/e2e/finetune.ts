/** One small fine-tune, the same in Node and in a page: see finetune.test.ts. */
import { data, formats, init, manualSeed, models, optim, Trainer, transfer } from "webgraft";
import { uniform } from "../golden/weights.ts";

export interface Result {
  /** Loss of every step. */
  losses: number[];
  accuracy: number;
  /** Probabilities of the classes for one test picture after the other. */
  probabilities: number[][];
}

const SIDE = 32;
const CLASSES = 3;

/** A dark picture with noise; its class is the place of a bright bar. */
function picture(index: number): Uint8Array {
  const noise = uniform(`picture ${index}`, [3, SIDE, SIDE]);
  const place = index % CLASSES;
  return Uint8Array.from(noise, (value, i) => {
    const x = i % SIDE;
    const bright = x >= 4 + 9 * place && x < 10 + 9 * place;
    return (bright ? 150 : 80) + 70 * value;
  });
}

function pictures(from: number, count: number) {
  const indices = Array.from({ length: count }, (_, i) => from + i);
  const labels = indices.map((index) => index % CLASSES);
  return data.fromArrays(indices.map(picture), [3, SIDE, SIDE], labels);
}

/** Loads a network that was trained on letters, gives it a new head, and trains the last layers. */
export async function finetune(weights: Uint8Array, adapter?: GPUAdapter): Promise<Result> {
  const device = await init({ adapter });
  const file = await formats.loadWeights(weights);
  const letters = file.tensors.get("classifier.0.weight")?.shape[0];
  const model = models.smallVgg({ numClasses: letters });
  transfer.loadPretrained(model, file);
  manualSeed(11);
  transfer.replaceHead(model, CLASSES);
  transfer.freeze(model, "features.0-13");
  const trainer = new Trainer({
    model,
    optimizer: new optim.SGD(model.parameters(), { lr: 0.02, momentum: 0.9 }),
    seed: 5,
  });
  const transform = [data.transforms.rescale(), data.transforms.normalize(0.5, 0.5)];
  const losses: number[] = [];
  for await (const event of trainer.fit(pictures(0, 48), { epochs: 2, batchSize: 12, transform })) {
    if (event.type === "step") losses.push(event.loss);
  }
  const test = pictures(1000, 24);
  const { accuracy = Number.NaN } = await trainer.evaluate(test, { transform });
  const predictions = await trainer.predict(test, { transform });
  device.destroy();
  return { losses, accuracy, probabilities: predictions.map((p) => [...p.probabilities]) };
}
