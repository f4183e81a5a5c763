import { data, type models, optim, Trainer, transfer } from "../../src/index.ts";
import type { TrainingJob } from "../engines/engine.ts";
import { buildModel } from "../engines/graft_model.ts";
import { makeBatch, type NetworkName } from "../engines/network.ts";
import { median } from "../report/statistics.ts";
import { compare } from "./check.ts";
import { trainingJob } from "./training.ts";
import type { Measured, MeasuredWorkload } from "./workload.ts";

const BATCH = 8;

interface Epochs {
  readonly seconds: number[];
  readonly losses: number[];
}

/** Trains what isn't frozen; the order of images is the same each time. */
async function train(
  model: ConstructorParameters<typeof Trainer>[0]["model"],
  dataset: data.Dataset,
  epochs: number,
): Promise<Epochs> {
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const trainer = new Trainer({ model, optimizer: new optim.SGD(trained, { lr: 0.003 }) });
  const found: Epochs = { seconds: [], losses: [] };
  for await (const event of trainer.fit(dataset, { epochs, batchSize: BATCH, seed: 1 })) {
    if (event.type !== "epoch") continue;
    found.seconds.push(event.seconds);
    found.losses.push(event.loss);
  }
  trainer.trainStep.dispose();
  return found;
}

/** The model as FeatureCache takes it. */
function backbone(job: TrainingJob): models.Backbone {
  return buildModel(job) as models.Backbone;
}

async function measure(images: number): Promise<Measured> {
  const job = trainingJob({
    network: "vgg16" satisfies NetworkName,
    trained: "head",
    batch: BATCH,
  });
  const { images: pixels, labels } = makeBatch(job.network, images, 11);
  const dataset = data.fromArrays(pixels, [3, 32, 32], labels);
  const plain = await train(backbone(job), dataset, 2);
  const model = backbone(job);
  const start = performance.now();
  const cache = new transfer.FeatureCache(model);
  const features = await cache.compute(dataset, { batchSize: BATCH });
  const computing = (performance.now() - start) / 1000;
  const cached = await train(cache.remainder, features, 5);
  const laterEpochSeconds = median(cached.seconds.slice(1));
  const plainEpochSeconds = plain.seconds[1];
  return {
    measures: {
      plainEpochSeconds,
      firstEpochSeconds: computing + cached.seconds[0],
      laterEpochSeconds,
      cacheSpeedup: plainEpochSeconds / laterEpochSeconds,
    },
    check: compare("the losses without cache", cached.losses, plain.losses, 1e-3),
  };
}

/** Epochs of head-only training on VGG-16 with the frozen layers' features computed once, and without. */
export function featureCacheWorkload(images: number): MeasuredWorkload {
  return {
    kind: "measured",
    id: `feature-cache/vgg16/${images}`,
    group: "fine-tune",
    title: `head only with cached features: VGG-16 32×32, ${images} images, batch ${BATCH}`,
    engines: ["graft"],
    measure: () => measure(images),
  };
}
