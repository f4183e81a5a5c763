import type { TrainingJob } from "../engines/engine.ts";
import { eagerLosses } from "../engines/graft_model.ts";
import {
  makeBatch,
  makeWeights,
  type NetworkName,
  network,
  stepFlops,
  type Trained,
} from "../engines/network.ts";
import type { Check } from "../types.ts";
import { compare } from "./check.ts";
import { referenceLoss } from "./loss_reference.ts";
import type { TimedWorkload } from "./workload.ts";

export interface TrainingCase {
  readonly network: NetworkName;
  readonly trained: Trained;
  readonly batch: number;
  /** Default 32. */
  readonly inputSize?: number;
}

/** More operations than this take too long in float64; then the eager path and the peers have to do. */
const REFERENCE_LIMIT = 6e9;
/** Steps before the losses are compared: the second one depends on every gradient of the first. */
const CHECKED_STEPS = 2;
const TOLERANCE = 3e-4;

const titles: Record<NetworkName, string> = { vgg16: "VGG-16", cnn: "CNN 32-64-128-128" };
const parts: Record<Trained, string> = {
  head: "head only",
  lastBlock: "last 3 convs + head",
  all: "all layers",
};

export function trainingTitle({ network: name, trained, batch, inputSize = 32 }: TrainingCase) {
  return `${titles[name]} ${inputSize}×${inputSize}, batch ${batch}, ${parts[trained]}`;
}

export function trainingId(given: TrainingCase): string {
  return `${given.network}/${given.inputSize ?? 32}/batch${given.batch}/${given.trained}`;
}

export function trainingJob({
  network: name,
  trained,
  batch,
  inputSize = 32,
}: TrainingCase): TrainingJob {
  const net = network(name, inputSize);
  return {
    network: net,
    weights: makeWeights(net, trained),
    batch: makeBatch(net, batch),
    learningRate: 0.003,
  };
}

/** The first loss is the same whatever is trained: computed once for a network and batch. */
const references = new Map<string, number>();

/** The loss of the first step in float64; null where that would take too long. */
export function firstLoss({ network: net, weights, batch }: TrainingJob): number | null {
  const flops = stepFlops(net, "head", batch.size);
  if (flops > REFERENCE_LIMIT) return null;
  const key = `${net.name} ${net.inputSize} ${batch.size}`;
  const loss = references.get(key) ?? referenceLoss(net, weights, batch);
  references.set(key, loss);
  return loss;
}

/** Graft against float64 and its own eager path; the others against float64 and Graft. */
async function checkLosses(
  job: TrainingJob,
  results: ReadonlyMap<string, ArrayLike<number>>,
): Promise<Map<string, Check>> {
  const first = firstLoss(job);
  const own = results.get("graft");
  const checks = new Map<string, Check>();
  for (const [name, losses] of results) {
    const expected =
      name === "graft" || !own ? await eagerLosses(job, CHECKED_STEPS) : [...Array.from(own)];
    const source = name === "graft" ? "its eager losses" : "Graft's losses";
    if (first !== null) expected[0] = first;
    const against = first === null ? source : `${source}, the first one in float64`;
    checks.set(name, compare(against, losses, expected.slice(0, CHECKED_STEPS), TOLERANCE));
  }
  return checks;
}

/** A training step: forward, loss, backward, update, with the loss read back. */
export function trainingWorkload(given: TrainingCase): TimedWorkload {
  const net = network(given.network, given.inputSize);
  return {
    kind: "timed",
    id: `train/${trainingId(given)}`,
    group: "training",
    title: trainingTitle(given),
    flops: stepFlops(net, given.trained, given.batch),
    images: given.batch,
    prepare: (engine) => engine.train(trainingJob(given)),
    checkAfter: CHECKED_STEPS,
    check: (results) => checkLosses(trainingJob(given), results),
  };
}
