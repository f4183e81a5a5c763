import { tensor } from "../../autograd/index.ts";
import { sameShape, shapeText, sizeOf } from "../../base/index.ts";
import type { Module } from "../../nn/index.ts";

/** A model's parameters and buffers in host memory, by name: all that travels. */
export type FederatedWeights = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>
>;

/** What a client trained in a round. */
export interface FederatedUpdate {
  readonly weights: FederatedWeights;
  /** How many examples it was trained on: what it is weighed by. */
  readonly examples: number;
}

export async function readWeights(model: Module): Promise<FederatedWeights> {
  const entries = Object.entries(model.stateDict()).map(async ([name, tensor]) => {
    const values = Float32Array.from(await tensor.data());
    return [name, { shape: tensor.shape, values }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

export function putWeights(model: Module, weights: FederatedWeights): void {
  const tensors = Object.entries(weights).map(([name, { shape, values }]) => {
    return [name, tensor(values).reshape([...shape])] as const;
  });
  model.loadStateDict(Object.fromEntries(tensors));
}

/**
 * Why an update can't count; null where it can.
 *
 * @param maxNorm the most that all its weights together may differ from those it began with (the Euclidean norm).
 */
export function faultIn(
  update: FederatedUpdate | null | undefined,
  before: FederatedWeights,
  maxNorm: number,
): string | null {
  const { weights, examples } = Object(update) as Partial<FederatedUpdate>;
  if (!weights || typeof weights !== "object") return "it sent nothing";
  if (!Number.isSafeInteger(examples) || examples! < 1)
    return `it says that it trained on ${examples} examples`;
  let squares = 0;
  for (const [name, { shape, values: old }] of Object.entries(before)) {
    const given = Object.hasOwn(weights, name) ? weights[name] : undefined;
    if (!(given?.values instanceof Float32Array) || !Array.isArray(given.shape))
      return `it has no ${name}`;
    if (!sameShape(given.shape, shape) || given.values.length !== sizeOf(shape))
      return `${name} has shape ${shapeText(given.shape)}, not ${shapeText(shape)}`;
    let own = 0;
    for (let i = 0; i < old.length; i++) own += (given.values[i]! - old[i]!) ** 2;
    if (!Number.isFinite(own)) return `${name} holds NaN or infinity`;
    squares += own;
  }
  const norm = Math.sqrt(squares);
  return norm > maxNorm
    ? `it moved the weights by ${norm.toPrecision(3)}, more than ${maxNorm}`
    : null;
}

/** The mean of updates, each weighed by its number of examples (FedAvg). Summed in float64, in the order given. */
export function averageUpdates(updates: readonly FederatedUpdate[]): FederatedWeights {
  const [first] = updates;
  if (!first) throw new Error("averageUpdates: no updates were given");
  const all = updates.reduce((sum, { examples }) => sum + examples, 0);
  const entries = Object.entries(first.weights).map(([name, { shape, values }]) => {
    const mean = new Float64Array(values.length);
    for (const { weights, examples } of updates) {
      const own = weights[name]!.values;
      for (let i = 0; i < mean.length; i++) mean[i]! += (own[i]! * examples) / all;
    }
    return [name, { shape, values: Float32Array.from(mean) }] as const;
  });
  return Object.fromEntries(entries);
}
