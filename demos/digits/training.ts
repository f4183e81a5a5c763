import { data, finetune, predict } from "webgraft";
import { type EvaluatedEvent, type FinetuneEvent, networkFiles, worded } from "webgraft/finetune";
import type { FromWorker, Phase, Sample, Settings } from "./messages.ts";
import { pictureOf } from "./pictures.ts";

const NAME = "model.safetensors";
const SAMPLES = 24;
/** The network that is fine-tuned. */
const builtin = new URL("../../assets/letters.safetensors", import.meta.url);

type Send = (message: FromWorker) => void;

/**
 * Fine-tunes the built-in network, and trains the same one from scratch when asked to.
 *
 * @returns the fine-tuned network as safetensors; null when stopped before there was one.
 */
export async function train(
  settings: Settings,
  signal: AbortSignal,
  send: Send,
): Promise<Uint8Array | null> {
  send({ type: "status", text: "Loading the network and the pictures …" });
  const { epochs, train, compare } = settings;
  const asked = { ...sourceOf(settings), epochs, train: [train], compare };
  const run = finetune(asked, { signal, builtin });
  for await (const event of run) await show(event, send);
  const { model, network, evaluation, comparison } = await run;
  const scratch = comparison.find(({ name }) => name === "from scratch");
  if (scratch && evaluation && scratch.evaluation.accuracy > evaluation.accuracy) {
    const text =
      "Training from scratch did better here: the built-in network knows little of this.";
    send({ type: "notice", text });
  }
  return model && ((await networkFiles(model, NAME, network)).get(NAME) ?? null);
}

/** Own pictures, of which a quarter is held out, or drawn digits. */
function sourceOf({ pictures, perClass, testPerClass }: Settings) {
  if (pictures) return { data: pictures, valSplit: 0.25, resize: "crop" } as const;
  const { train, test } = data.digits({ perClass, testPerClass });
  return { data: { name: "digits", train, validation: test } };
}

const NAMES: Readonly<Record<EvaluatedEvent["phase"], Phase | null>> = {
  before: null,
  "fine-tuning": "fine-tuned",
  "from scratch": "from scratch",
};

async function show(event: FinetuneEvent, send: Send): Promise<void> {
  const status = (text: string) => send({ type: "status", text });
  if (event.type === "compile") status(`Compiling kernels: ${event.done} of ${event.total}`);
  else if (event.type === "features") status(`Features: ${event.done} of ${event.total} pictures`);
  else if (event.type === "deviceLost") {
    status("The GPU went away; going on from the last snapshot");
  } else if (event.type === "warning") {
    send({ type: "notice", text: worded(event.message, (setting) => setting) });
  } else if (event.type === "step") {
    const { step, loss, accuracy = 0, imagesPerSecond, secondsLeft, epochs, batches } = event;
    const [phase, steps] = [NAMES[event.phase] ?? "fine-tuned", epochs * batches];
    send({ type: "step", phase, step, steps, loss, accuracy, imagesPerSecond, secondsLeft });
  } else if (event.type === "evaluated") await showScores(event, send);
}

async function showScores(event: EvaluatedEvent, send: Send): Promise<void> {
  const phase = NAMES[event.phase];
  const { evaluation: scores } = event;
  if (!phase) send({ type: "before", accuracy: scores.accuracy });
  // Without samples where the GPU is lost just now: the training survives that.
  else send({ type: "scores", phase, scores, samples: await samplesOf(event).catch(() => []) });
}

/** Predictions for some of the test pictures, spread over the classes. */
async function samplesOf({ model, validation, transform }: EvaluatedEvent): Promise<Sample[]> {
  const { classes = [] } = validation;
  const chosen = data.subset(
    validation,
    Array.from({ length: Math.min(SAMPLES, validation.length) }, (_, i) => i),
  );
  const predictions = await predict(model, chosen, { transform, classes });
  return Promise.all(
    predictions.map(async ({ name, probability }, i) => {
      const picture = pictureOf(await chosen.get(i), classes);
      return { ...picture, predicted: name, probability };
    }),
  );
}
