import { digits, fromArrays } from "../../src/data/index.ts";
import { type data, formats, models, optim, Trainer, transfer } from "../../src/index.ts";
import type { Size } from "../types.ts";
import type { MeasureContext, Measured, MeasuredWorkload } from "./workload.ts";

/** A smoke only sees that it runs. */
const GOALS: Record<Size, number> = { smoke: 0, quick: 0.7, full: 0.7 };
const MOST_EPOCHS = 30;
const BATCH = 16;

/** From bytes to what the built-in network was trained on: −1 to 1. */
function normalized(set: data.Dataset & { readonly labels: ArrayLike<number> }): data.Dataset {
  const images = Array.from({ length: set.length }, (_, i) => {
    const example = set.get(i);
    if (example instanceof Promise) throw new Error("glyphs are drawn at once");
    return Float32Array.from(example.image, (value) => (value * 2) / 255 - 1);
  });
  return fromArrays(images, [3, 32, 32], set.labels);
}

/** The built-in network with a new head; only the head learns. */
function prepareModel(file: Awaited<ReturnType<typeof formats.loadWeights>>): models.Backbone {
  const filters = [...file.tensors.values()].filter(({ shape }) => shape.length === 4);
  const widths = [...new Set(filters.map(({ shape }) => shape[0]))];
  const model = models.smallVgg({ widths, numClasses: 37 });
  transfer.loadPretrained(model, file);
  transfer.replaceHead(model, 10);
  transfer.freeze(model, "features");
  return model;
}

interface Race {
  readonly seconds: number;
  readonly epochs: number;
  readonly accuracy: number;
}

/** Epochs until the held-out accuracy is reached, evaluation after each included. */
async function race(
  model: ConstructorParameters<typeof Trainer>[0]["model"],
  train: data.Dataset,
  test: data.Dataset,
  goal: number,
): Promise<Race> {
  const begun = performance.now();
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const trainer = new Trainer({ model, optimizer: new optim.Adam(trained, { lr: 3e-3 }) });
  const stop = new AbortController();
  let [epochs, accuracy] = [0, 0];
  const options = { epochs: MOST_EPOCHS, batchSize: BATCH, validation: test, signal: stop.signal };
  for await (const event of trainer.fit(train, options)) {
    if (event.type !== "epoch") continue;
    epochs++;
    accuracy = event.validation?.accuracy ?? 0;
    if (accuracy >= goal) stop.abort();
  }
  return { seconds: (performance.now() - begun) / 1000, epochs, accuracy };
}

async function measure({ assets, size }: MeasureContext): Promise<Measured> {
  const file = await formats.loadWeights(`${assets}letters.safetensors`);
  const goal = GOALS[size];
  const task = digits(size === "smoke" ? { perClass: 2, testPerClass: 2 } : {});
  const [train, test] = [normalized(task.train), normalized(task.test)];
  const plain = await race(prepareModel(file), train, test, goal);
  const begun = performance.now();
  const cache = new transfer.FeatureCache(prepareModel(file));
  const [features, heldOut] = [await cache.compute(train), await cache.compute(test)];
  const computing = (performance.now() - begun) / 1000;
  const cached = await race(cache.remainder, features, heldOut, goal);
  if (plain.accuracy < goal || cached.accuracy < goal) {
    throw new Error(
      `the accuracy after ${MOST_EPOCHS} epochs is ${plain.accuracy} without and ${cached.accuracy} with cache, not ${goal}`,
    );
  }
  return {
    measures: {
      plainSeconds: plain.seconds,
      plainEpochs: plain.epochs,
      cachedSeconds: computing + cached.seconds,
      cachedEpochs: cached.epochs,
      accuracy: goal,
    },
  };
}

/** A whole fine-tune to a given accuracy: the built-in network's head on hand-drawn digits. */
export function fineTuneWorkload(): MeasuredWorkload {
  return {
    kind: "measured",
    id: "fine-tune/digits",
    group: "fine-tune",
    title: "head only to a given accuracy on held-out digits: built-in network",
    engines: ["graft"],
    measure: (_engine, context) => measure(context),
  };
}
