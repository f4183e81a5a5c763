import { checkOptions } from "../base/index.ts";
import { Backbone } from "../models/index.ts";
import { Conv2d, Dropout, Linear, type Module, Sequential } from "../nn/index.ts";
import { checkKept, type KeptClasses, keepRows } from "./keep_rows.ts";

export interface ReplaceHeadOptions {
  /** Dropout before the new layer. Default none. */
  dropout?: number;
  /**
   * Classes that the old layer knows already, by their new number: `{ 0: 3 }` gives the new class 0 the row of the old
   * class 3, `{ 1: [4, 5] }` makes one class of two. The others are new; old ones that aren't named are dropped.
   * `keptClasses` finds them by name.
   */
  keep?: KeptClasses;
}

/**
 * Gives the model a new, untrained last layer with `numClasses` outputs: in place of its last
 * linear layer (or 1×1 convolution), or, for a model without a top, on the flattened feature map.
 *
 * @returns the path of the new layer.
 * @throws Error for classes to keep that there aren't.
 */
export function replaceHead(
  model: Module,
  numClasses: number,
  options: ReplaceHeadOptions = {},
): string {
  if (!Number.isInteger(numClasses) || numClasses < 1) {
    throw new Error(
      `replaceHead: numClasses must be a whole number of at least 1, not ${numClasses}`,
    );
  }
  checkOptions("replaceHead", options, ["dropout", "keep"]);
  const { dropout = 0, keep } = options;
  const hadNone = model instanceof Backbone && !model.classifier;
  if (keep) checkKept(keep, hadNone ? 0 : lastLayer(model)[1].weight.shape[0]!, numClasses);
  if (hadNone) model.setChild("classifier", model.newClassifier(numClasses).train(model.training));
  const [path, layer] = lastLayer(model);
  const head = hadNone ? layer : sameKind(layer, numClasses).train(model.training);
  if (keep) keepRows(layer, head, keep);
  if (dropout > 0) {
    const both = new Sequential({ dropout: new Dropout(dropout), head });
    model.set(path, both.train(model.training));
  } else if (!hadNone) model.set(path, head);
  return path;
}

/** The last layer with weights that maps features to outputs. */
export function lastLayer(model: Module): [string, Linear | Conv2d] {
  let found: [string, Linear | Conv2d] | null = null;
  for (const [path, module] of model.namedModules()) {
    if (module instanceof Linear || module instanceof Conv2d) found = [path, module];
  }
  if (!found)
    throw new Error("the model has no linear or convolution layer that could be its head");
  return found;
}

function sameKind(layer: Linear | Conv2d, numClasses: number): Linear | Conv2d {
  const bias = layer.bias !== null;
  if (layer instanceof Linear) return new Linear(layer.inFeatures, numClasses, { bias });
  return new Conv2d(layer.inChannels, numClasses, layer.kernelSize, { ...layer.options, bias });
}
