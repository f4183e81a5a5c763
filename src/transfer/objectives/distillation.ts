import {
  add,
  div,
  indexSelect,
  klDiv,
  logSoftmax,
  mul,
  noGrad,
  softmax,
  type Tensor,
} from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";
import { Module } from "../../nn/index.ts";
import type { Objective } from "../../train/index.ts";
import type { KeptClasses } from "../keep_rows.ts";

export interface DistillationLossOptions {
  /** What logits are divided by; the higher, the more the teacher's lesser guesses count. Default 2. */
  temperature?: number;
}

/**
 * How far outputs are from another network's: T² · KL(softmax(teacher / T) ‖ softmax(logits / T)), the mean over examples
 * (Hinton, Vinyals & Dean 2015, https://arxiv.org/abs/1503.02531).
 *
 * @param logits [N, classes].
 * @param teacher its logits, of the same shape; no gradient flows back.
 */
export function distillationLoss(
  logits: Tensor,
  teacher: Tensor,
  options: DistillationLossOptions = {},
): Tensor {
  checkOptions("distillationLoss", options, ["temperature"]);
  const { temperature = 2 } = options;
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY))
    throw new RangeError(
      `distillationLoss: temperature is ${temperature}; it must be a positive number`,
    );
  const softened = logSoftmax(div(logits, temperature), 1);
  const target = softmax(div(teacher.detach(), temperature), 1);
  return mul(klDiv(softened, target, { reduction: "batchmean" }), temperature ** 2);
}

export interface DistillationOptions extends DistillationLossOptions {
  /** The network to learn from, such as the model as it was. It is frozen, and put into evaluation mode. */
  teacher: Module;
  /** Which of the model's classes are which of the teacher's, as for `replaceHead`. Default: the same ones. */
  keep?: KeptClasses;
  /** Default 1. */
  weight?: number;
}

/**
 * The batch's loss + weight · the distillation loss: learning without forgetting (Li & Hoiem 2016,
 * https://arxiv.org/abs/1606.09282). While the model learns new classes, it is to answer for the old ones as the teacher does,
 * on the new ones' pictures. With `combineObjectives` and `jointObjective` on a few kept pictures of the old classes
 * (rehearsal) less still is forgotten. Also how a small network learns from a large one.
 *
 * @throws Error for a teacher that shares layers with the model: it would learn with it.
 *
 * @example
 * const objective = transfer.distillation({ teacher: old, keep: { 0: 0, 1: 1 } });
 * const trainer = new Trainer({ model, optimizer, objective });
 */
export function distillation(options: DistillationOptions): Objective {
  checkOptions("distillation", options, ["teacher", "keep", "weight", "temperature"]);
  const { teacher, keep, weight = 1, temperature } = options;
  if (!(teacher instanceof Module)) throw new Error("distillation: teacher must be an nn.Module");
  if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
    throw new RangeError(`distillation: weight is ${weight}; it must be a number of at least 0`);
  const pairs = keep && pairsOf(keep);
  teacher.requiresGrad_(false).eval();
  return {
    modules: { teacher },
    minimised({ model, images, outputs, loss, run }) {
      requireApart(teacher, model);
      const answers = noGrad(() => run(teacher, images));
      const [ours, theirs] = pairs
        ? [indexSelect(outputs, 1, pairs.ours), indexSelect(answers, 1, pairs.theirs)]
        : [outputs, answers];
      return add(loss, mul(distillationLoss(ours, theirs, { temperature }), weight));
    },
  };
}

function pairsOf(keep: KeptClasses): { ours: number[]; theirs: number[] } {
  const theirs = Object.values(keep).map((old) => {
    const [one, ...more] = [old].flat();
    if (one !== undefined && more.length === 0) return one;
    throw new Error("distillation: keep must name one class of the teacher for each class");
  });
  return { ours: Object.keys(keep).map(Number), theirs };
}

function requireApart(teacher: Module, model: Module): void {
  const own = new Set(model.parameters());
  if (!teacher.parameters().some((parameter) => own.has(parameter))) return;
  throw new Error(
    "distillation: the teacher has layers of the model and would learn with it; load it anew, or copy its stateDict()",
  );
}
