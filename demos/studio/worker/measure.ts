import { type nn, noGrad, optim, rand, type Tensor, Trainer, transfer, zeros } from "webgraft";
import { hasFixedPrefix } from "../../../src/transfer/index.ts";
import { freezeOthers, inspectedNetwork } from "./inspect.ts";
import type { MeasureAsk, StepTimes } from "./messages.ts";

/** Seconds that steps are timed for together, and their number at most. */
const [TIMED_FOR, MOST] = [0.3, 30];
const ROUNDS = 3;
/** Seconds of a step that is so slow that no more of them are timed: a training that is started mustn't wait for long. */
const SLOW = 2;

/** Something else waits for the GPU. */
class GaveWay extends Error {}

/**
 * Times training steps of the network that was inspected, on made-up pictures: with the layers chosen, and with all.
 *
 * @param isWanted false when something else waits for the GPU: it is given way to within a few steps.
 * @returns null then, and where there is no network or its steps fail.
 */
export async function measure(
  { train, batchSize, augment }: MeasureAsk,
  isWanted: () => boolean,
): Promise<StepTimes | null> {
  const network = await inspectedNetwork();
  if (!network) return null;
  const { model, input } = network;
  const images = rand([batchSize, input.channels, input.size, input.size]);
  try {
    freezeOthers(model, train);
    const isOnFeatures = !augment && hasFixedPrefix(model);
    const asChosen = await (isOnFeatures ? timeOnFeatures : timeSteps)(model, images, isWanted);
    if (train.kind === "all") return { asChosen, allLayers: asChosen, isOnFeatures };
    if (asChosen > SLOW) return { asChosen, allLayers: null, isOnFeatures };
    transfer.unfreeze(model);
    const allLayers = await timeSteps(model, images, isWanted).catch((error) => {
      if (error instanceof GaveWay) throw error;
      return null;
    });
    return { asChosen, allLayers, isOnFeatures };
  } catch {
    return null;
  } finally {
    images.dispose();
    transfer.freeze(model);
    model.eval();
  }
}

/** Of what follows the frozen layers, which `finetune` runs once. */
async function timeOnFeatures(
  model: nn.Module,
  images: Tensor,
  isWanted: () => boolean,
): Promise<number> {
  const { prefix, remainder } = new transfer.FeatureCache(model);
  prefix.eval();
  const features = noGrad(() => prefix.forward(images) as Tensor);
  try {
    return await timeSteps(remainder, features, isWanted);
  } finally {
    features.dispose();
  }
}

/** Seconds of a step: the median of a few rounds, of so many steps that reading the loss doesn't count. */
async function timeSteps(
  model: nn.Module,
  inputs: Tensor,
  isWanted: () => boolean,
): Promise<number> {
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = new optim.Adam(trained, { lr: 1e-6 });
  const { trainStep } = new Trainer({ model, optimizer });
  const labels = zeros([inputs.shape[0]], { dtype: "i32" });
  const steps = async (count: number) => {
    if (!isWanted()) throw new GaveWay();
    const start = performance.now();
    for (let i = 1; i < count; i++) trainStep(inputs, labels);
    await trainStep(inputs, labels).loss.item();
    return (performance.now() - start) / 1000 / count;
  };
  try {
    model.train();
    await trainStep.compile([inputs, labels]);
    await steps(1); // finds its memory
    const one = await steps(1);
    if (one > SLOW) return one;
    const count = Math.max(1, Math.min(MOST, Math.round(TIMED_FOR / one)));
    const rounds: number[] = [];
    while (rounds.length < ROUNDS) rounds.push(await steps(count));
    return rounds.sort((a, b) => a - b)[1];
  } finally {
    trainStep.dispose();
    labels.dispose();
  }
}
