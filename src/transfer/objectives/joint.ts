import type { Tensor } from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";
import { DataLoader, type DataLoaderOptions, type Dataset } from "../../data/index.ts";
import { type Loss, Module } from "../../nn/index.ts";
import { type LossFunction, lossOf, type Objective } from "../../train/index.ts";
import { jointLoss } from "./joint_loss.ts";

export interface JointOptions extends Omit<DataLoaderOptions, "minBatch" | "ignoreIndex"> {
  /**
   * The source's network, which shares layers with the trainer's; the optimizer needs the parameters of both. Default: the
   * trainer's own, for two sets with the same classes, or a few kept pictures of what it learned before (rehearsal).
   */
  model?: Module;
  /** The source's data, dealt out beside the target's for as long as these last. Shuffled unless there is a sampler. */
  set: Dataset;
  /** The source's loss of (outputs, targets). Default cross-entropy on class numbers. */
  loss?: Module | LossFunction;
  /** λ, or λ of the share of the run that is done, 0 to 1. Default 1. */
  lambda?: number | ((progress: number) => number);
}

const KNOWN = [
  ...["model", "set", "loss", "lambda", "batchSize", "shuffle", "seed", "transform"],
  ...["dropLast", "sampler", "prefetch"],
];

/**
 * L_source + λ · L_target for a `Trainer` of the target's network: each step takes a batch of each set, in one captured step.
 * What the source taught stays known, and where the target has few examples the source's keep it from learning them by heart.
 *
 * The two networks share what they share (`cut` makes several of one trunk; it may be one network), each with a head of its
 * own. Batch normalisation that isn't frozen averages over both domains; `adaptBatchNorm` gives it one's.
 *
 * @example
 * const trainer = new Trainer({
 *   model: usps,
 *   optimizer: new optim.Adam(new nn.ModuleList(usps, mnist).parameters()),
 *   objective: transfer.jointObjective({ model: mnist, set: mnistTrain, batchSize: 64, lambda: 0.5 }),
 * });
 */
export function jointObjective(options: JointOptions): Objective {
  checkOptions("jointObjective", options, KNOWN);
  const { model, set, lambda = 1, loss: given, ...loading } = options;
  if (model !== undefined && !(model instanceof Module))
    throw new Error("jointObjective: model must be an nn.Module");
  const loss = lossOf("jointObjective", given);
  const weight = typeof lambda === "function" ? lambda : () => lambda;
  const loader = new DataLoader(set, {
    ...{ batchSize: 32, shuffle: !loading.sampler, ignoreIndex: loss.ignoreIndex },
    minBatch: Math.max(1, ...(model?.modules() ?? []).map((module) => module.minBatch)),
    ...loading,
  });
  return {
    modules: { ...(model && { source: model }), loss },
    beside: (first) => roundAndRound(loader, first),
    minimised({ model: own, beside, run, progress, loss: targetLoss }) {
      const [images, labels] = beside as [Tensor, Tensor];
      const outputs = run(model ?? own, images);
      checkOutputs(loss, outputs, set);
      const sourceLoss = loss.forward(outputs, labels);
      return jointLoss(sourceLoss, targetLoss, () => weight(progress()));
    },
  };
}

/** @throws Error where the network has fewer outputs than the source has classes. */
function checkOutputs({ targets }: Loss, { shape }: Tensor, { classes }: Dataset): void {
  if (targets !== "classes" || !classes || shape[1]! >= classes.length) return;
  throw new Error(
    `jointObjective: the set has ${classes.length} classes and the model ${shape[1]} outputs; ` +
      `transfer.replaceHead(model, ${classes.length}) gives it as many`,
  );
}

/** A loader's epochs one after the other, from the given batch on. */
async function* roundAndRound(
  loader: DataLoader,
  first: number,
): AsyncGenerator<[Tensor, Tensor], void, undefined> {
  loader.setEpoch(Math.floor(first / loader.length));
  for (let from = first % loader.length; ; from = 0)
    for await (const { images, labels } of loader.batches(from)) yield [images, labels];
}
