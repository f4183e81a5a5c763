import { checkOptions } from "../base/index.ts";
import { Backbone } from "../models/index.ts";
import { Conv2d, Dropout, Linear, type Module, Sequential } from "../nn/index.ts";

export interface ReplaceHeadOptions {
  /** Dropout before the new layer. Default none. */
  dropout?: number;
}

/**
 * Gives the model a new, untrained last layer with `numClasses` outputs: in place of its last
 * linear layer (or 1×1 convolution), or, for a model without a top, on the flattened feature map.
 * @returns the path of the new layer.
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
  checkOptions("replaceHead", options, ["dropout"]);
  const hadNone = model instanceof Backbone && !model.classifier;
  if (hadNone) model.setChild("classifier", model.newClassifier(numClasses).train(model.training));
  const [path, layer] = lastLayer(model);
  const head = hadNone ? layer : sameKind(layer, numClasses).train(model.training);
  const { dropout = 0 } = options;
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
