import type { TrainChoice } from "../project/types.ts";
import type { LayerFacts, NetworkFacts } from "../worker/messages.ts";

/** The layers that can be frozen or trained: those with parameters before the head. */
export function trainableLayers({ layers }: Pick<NetworkFacts, "layers">): LayerFacts[] {
  return layers.filter(({ parameters, isHead }) => parameters > 0 && !isHead);
}

/** The last third of the layers, by name: where fine-tuning usually begins. */
export function lastPart(layers: readonly LayerFacts[]): string[] {
  return trainedFrom(layers, Math.floor((2 * layers.length) / 3));
}

/** The layers from a place on. */
export function trainedFrom(layers: readonly LayerFacts[], first: number): string[] {
  return layers.slice(first).map(({ name }) => name);
}

export function isTrained({ name, isHead }: LayerFacts, train: TrainChoice): boolean {
  if (isHead || train.kind === "all" || train.kind === "auto") return true;
  return train.kind === "layers" && train.layers.includes(name);
}

/** Freezes a layer or trains it; what that makes of the choice. */
export function toggled(
  layers: readonly LayerFacts[],
  train: TrainChoice,
  name: string,
): TrainChoice {
  const kept = layers.filter((layer) => isTrained(layer, train) !== (layer.name === name));
  if (kept.length === 0) return { kind: "head" };
  if (kept.length === layers.length) return { kind: "all" };
  return { kind: "layers", layers: kept.map((layer) => layer.name) };
}

/** Where the cut stands: the place of the first layer that is trained. */
export function cutOf(layers: readonly LayerFacts[], train: TrainChoice): number {
  const first = layers.findIndex((layer) => isTrained(layer, train));
  return first < 0 ? layers.length : first;
}

export function withCut(layers: readonly LayerFacts[], first: number): TrainChoice {
  if (first >= layers.length) return { kind: "head" };
  return first === 0 ? { kind: "all" } : { kind: "layers", layers: trainedFrom(layers, first) };
}

/** Bytes of a number; and numbers kept of a parameter that is trained: itself, its gradient, Adam's two. */
const [FLOAT, TRAINED] = [4, 4];

/**
 * Bytes on the GPU that are each layer's own in training: its parameters, and what it gives for a batch where backward needs
 * that, which is from the first layer on that is trained.
 */
export function layerBytes(
  layers: readonly LayerFacts[],
  train: TrainChoice,
  batchSize: number,
): number[] {
  const first = layers.findIndex((layer) => layer.parameters > 0 && isTrained(layer, train));
  return layers.map((layer, i) => {
    const { parameters, shape } = layer;
    const gives = i >= first ? (shape ?? [0]).reduce((a, b) => a * b, batchSize) : 0;
    return FLOAT * (parameters * (isTrained(layer, train) ? TRAINED : 1) + gives);
  });
}

/** Parameters that are trained: those of the head as it is in the file, whose new one may have fewer. */
export function trainedParameters(layers: readonly LayerFacts[], train: TrainChoice): number {
  const trained = layers.filter((layer) => isTrained(layer, train));
  return trained.reduce((sum, { parameters }) => sum + parameters, 0);
}
