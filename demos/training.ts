import { data, formats, models, type nn, optim, Trainer, transfer } from "webgraft";
import { manualSeed } from "../src/autograd/index.ts";
import { digits } from "../src/data/index.ts";
import type { FromWorker, Phase, Sample, Settings } from "./messages.ts";
import { pictureOf } from "./pictures.ts";

const SIZE = 32;
const BATCH = 16;
const LR = 3e-3;
const SEED = 0;
const SAMPLES = 24;
const transform = [data.transforms.rescale(1 / 127.5, -1)];

interface Sets {
  train: data.Dataset;
  test: data.Dataset;
  classes: readonly string[];
}

type Send = (message: FromWorker) => void;

/**
 * Fine-tunes the built-in network, and trains the same one from scratch when asked to.
 * @returns the fine-tuned weights as safetensors; null when stopped before there were any.
 */
export async function train(
  settings: Settings,
  signal: AbortSignal,
  send: Send,
): Promise<Uint8Array | null> {
  send({ type: "status", text: "Loading the network and the pictures …" });
  const sets = await openSets(settings);
  const file = await formats.loadWeights(new URL("../assets/letters.safetensors", import.meta.url));
  manualSeed(SEED);
  const model = models.smallVgg({ numClasses: sets.classes.length });
  transfer.loadPretrained(model, file, { onMismatch: "skip" });
  transfer.replaceHead(model, sets.classes.length);
  if (settings.train === "head") transfer.freeze(model, "features");

  const tuner = new Job(model, sets, settings, "fine-tuned", send);
  send({ type: "before", accuracy: (await tuner.evaluate()).accuracy });
  await tuner.run(signal);
  const weights = await save(model, sets.classes);
  if (settings.compare && !signal.aborted) {
    manualSeed(SEED);
    const fresh = models.smallVgg({ numClasses: sets.classes.length });
    await new Job(fresh, sets, settings, "from scratch", send).run(signal);
  }
  return weights;
}

async function openSets({ pictures, perClass, testPerClass }: Settings): Promise<Sets> {
  if (!pictures) {
    const { train, test } = digits({ perClass, testPerClass });
    return { train, test, classes: train.classes };
  }
  const all = await data.imageFolder(pictures, { size: SIZE, resize: "crop" });
  const [train, test] = data.split(all, [0.75, 0.25], { seed: SEED, stratify: true });
  return { train, test, classes: all.classes };
}

/** One training of the comparison. */
class Job {
  readonly #trainer: Trainer;
  readonly #steps: number;

  constructor(
    model: models.SmallCnn,
    private readonly sets: Sets,
    private readonly settings: Settings,
    private readonly phase: Phase,
    private readonly send: Send,
  ) {
    const params = model.parameters().filter(({ requiresGrad }) => requiresGrad);
    const optimizer = new optim.Adam(params, { lr: LR });
    this.#steps = settings.epochs * Math.ceil(sets.train.length / BATCH);
    const totalSteps = Math.max(4, this.#steps);
    const schedule = new optim.OneCycleLR(optimizer, { maxLr: LR, totalSteps });
    this.#trainer = new Trainer({ model, optimizer, schedule, seed: SEED });
  }

  evaluate() {
    return this.#trainer.evaluate(this.sets.test, { batchSize: 50, transform });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { send, phase, settings, sets } = this;
    const options = { epochs: settings.epochs, batchSize: BATCH, transform, signal };
    for await (const event of this.#trainer.fit(sets.train, options)) {
      if (event.type === "compile") {
        send({ type: "status", text: `Compiling kernels: ${event.done} of ${event.total}` });
      } else if (event.type === "step") {
        const { step, loss, accuracy = 0, imagesPerSecond, secondsLeft } = event;
        const speed = { imagesPerSecond, secondsLeft };
        send({ type: "step", phase, step, steps: this.#steps, loss, accuracy, ...speed });
      } else if (event.type === "deviceLost") {
        send({ type: "status", text: "The GPU went away; going on from the last snapshot" });
      }
    }
    send({ type: "status", text: "Testing …" });
    const scores = await this.evaluate();
    send({ type: "scores", phase, scores, samples: await this.#samples() });
  }

  /** Predictions for some of the test pictures, spread over the classes. */
  async #samples(): Promise<Sample[]> {
    const { test, classes } = this.sets;
    const count = Math.min(SAMPLES, test.length);
    const chosen = data.subset(
      test,
      Array.from({ length: count }, (_, i) => i),
    );
    const predictions = await this.#trainer.predict(chosen, { transform, classes });
    return Promise.all(
      predictions.map(async ({ name, probability }, i) => {
        const picture = pictureOf(await chosen.get(i), classes);
        return { ...picture, predicted: name, probability };
      }),
    );
  }
}

/** With what `graft predict` needs to know besides the weights. */
function save(model: nn.Module, classes: readonly string[]): Promise<Uint8Array> {
  const convention = { order: "rgb", scale: 1 / 127.5, mean: [1], std: [1] };
  const input = { channels: 3, size: SIZE, convention, resize: "crop" };
  const graft = JSON.stringify({ architecture: "small_vgg", top: "linear", input, classes });
  return formats.saveSafetensors(model.stateDict(), { metadata: { graft } });
}
