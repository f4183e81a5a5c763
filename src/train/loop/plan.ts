import { type Generator, withGenerator } from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";
import {
  DataLoader,
  type DataLoaderOptions,
  type Dataset,
  type transforms,
} from "../../data/index.ts";
import type { Loss, Module } from "../../nn/index.ts";
import type { Objective } from "../objective.ts";
import { FIT_OPTIONS, type FitOptions } from "../options.ts";
import type { Course } from "../state/course.ts";

/** A call of `fit`, checked and worked out. */
export interface FitPlan {
  readonly options: FitOptions;
  readonly epochs: number;
  /** Batches a step. */
  readonly accumulate: number;
  readonly loader: DataLoader;
  readonly objective: Objective | undefined;
  readonly course: Course;
}

/** What a plan depends on besides its options. */
export interface PlanContext {
  readonly model: Module;
  readonly loss: Loss;
  readonly seed: number;
  readonly generator: Generator;
  readonly objective: Objective | undefined;
}

/** @throws for options that are unknown or impossible. */
export function planFit(trainSet: Dataset, options: FitOptions, context: PlanContext): FitPlan {
  checkOptions("fit", options, FIT_OPTIONS);
  const { epochs = 1, batchSize = 32, shuffle = !options.sampler, accumulate = 1 } = options;
  const { patience = 1, keepBest } = options;
  for (const [name, value] of Object.entries({ epochs, accumulate, patience }))
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`fit: ${name} must be a whole number of at least 1, not ${value}`);
  if (keepBest === false && options.patience !== undefined)
    throw new Error("fit: patience needs to know which epoch is best: leave out keepBest: false");
  const { dropLast, sampler, prefetch, mix, seed = context.seed } = options;
  const loader = new DataLoader(trainSet, {
    ...{ batchSize, shuffle, seed, dropLast, sampler, prefetch, mix },
    transform: drawingFrom(context.generator, options.transform),
    minBatch: Math.max(...context.model.modules().map((module) => module.minBatch)),
    ignoreIndex: context.loss.ignoreIndex,
  });
  const classes = trainSet.classes ?? null;
  const { examples } = loader.source;
  const course = { batchSize, examples, classes, shuffle, seed, set: trainSet };
  return { options, epochs, accumulate, loader, course, objective: context.objective };
}

/** Functions among the transforms draw from the trainer's random numbers, as the model's layers do. */
function drawingFrom(
  generator: Generator,
  transform: DataLoaderOptions["transform"],
): DataLoaderOptions["transform"] {
  if (typeof transform === "function") return wrapped(generator, transform);
  if (!Array.isArray(transform)) return transform;
  return transform.map((item: transforms.Transform) =>
    typeof item === "function" ? wrapped(generator, item) : item,
  );
}

/** Keeps the function's name and number of parameters, by which errors tell it. */
function wrapped(
  generator: Generator,
  transform: transforms.TensorTransform,
): transforms.TensorTransform {
  const inner: transforms.TensorTransform = (images) =>
    withGenerator(generator, () => transform(images));
  Object.defineProperty(inner, "name", { value: transform.name });
  Object.defineProperty(inner, "length", { value: transform.length });
  return inner;
}

/** Optimizer steps of an epoch from a batch on. */
export function stepsFrom({ loader, accumulate }: FitPlan, batch: number): number {
  return Math.ceil((loader.length - batch) / accumulate);
}
