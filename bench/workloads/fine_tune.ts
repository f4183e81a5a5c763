import { digits } from "../../src/data/index.ts";
import { type FinetuneEvent, finetune, type GivenData } from "../../src/finetune/index.ts";
import type { Size } from "../types.ts";
import type { MeasureContext, Measured, MeasuredWorkload } from "./workload.ts";

/** A smoke only sees that it runs. */
const GOALS: Record<Size, number> = { smoke: 0, quick: 0.7, full: 0.7 };
const MOST_EPOCHS = 30;

interface Race {
  /** Of computing features, and of training until the goal is reached, evaluation after each epoch included. */
  readonly seconds: number;
  readonly epochs: number;
  readonly accuracy: number;
}

/** Epochs until the held-out accuracy is reached: a new head on the built-in network, and only that learns. */
async function race(weights: string, data: GivenData, goal: number, cache: boolean): Promise<Race> {
  const stop = new AbortController();
  const how = { train: ["head"], lr: 3e-3, schedule: "constant", batchSize: 16 } as const;
  const settings = { weights, data, cache, epochs: MOST_EPOCHS, ...how };
  const times = new Map<FinetuneEvent["type"], number>();
  let [epochs, accuracy] = [0, 0];
  for await (const event of finetune(settings, { signal: stop.signal })) {
    if (!times.has(event.type)) times.set(event.type, performance.now());
    if (event.type !== "epoch" || stop.signal.aborted) continue;
    epochs++;
    accuracy = event.validation?.accuracy ?? 0;
    times.set("epoch", performance.now());
    if (accuracy >= goal) stop.abort();
  }
  const between = (from: FinetuneEvent["type"], to: FinetuneEvent["type"]) =>
    ((times.get(to) ?? 0) - (times.get(from) ?? 0)) / 1000;
  const seconds = between("loaded", "training") + between("evaluated", "epoch");
  return { seconds, epochs, accuracy };
}

async function measure({ assets, size }: MeasureContext): Promise<Measured> {
  const weights = `${assets}letters.safetensors`;
  const goal = GOALS[size];
  const { train, test } = digits(size === "smoke" ? { perClass: 2, testPerClass: 2 } : {});
  const data = { train, validation: test };
  const plain = await race(weights, data, goal, false);
  const cached = await race(weights, data, goal, true);
  if (plain.accuracy < goal || cached.accuracy < goal) {
    throw new Error(
      `the accuracy after ${MOST_EPOCHS} epochs is ${plain.accuracy} without and ${cached.accuracy} with cache, not ${goal}`,
    );
  }
  return {
    measures: {
      plainSeconds: plain.seconds,
      plainEpochs: plain.epochs,
      cachedSeconds: cached.seconds,
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
