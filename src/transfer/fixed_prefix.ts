import type { Tensor } from "../autograd/index.ts";
import type { GraphNode, OpName } from "../formats/index.ts";
import { Backbone, GraphModel } from "../models/index.ts";
import {
  BatchNorm1d,
  BatchNorm2d,
  Dropout,
  Flatten,
  Module,
  runChain,
  Sequential,
  StochasticDepth,
} from "../nn/index.ts";

/** A model in two parts that share its layers: `remainder` of `prefix` of an image is what the model gives. */
interface Split {
  /** Frozen layers that give the same map for the same image at every step. */
  readonly prefix: Module;
  readonly remainder: Module;
}

/** The layers that are still to be run on cached features. Shares its parameters with the model. */
class Remainder extends Module {
  constructor(
    readonly rest: Sequential,
    private readonly model: Backbone,
  ) {
    super();
  }

  override namedChildren(): [string, Module][] {
    const classifier: [string, Module][] = this.model.classifier
      ? [["classifier", this.model.classifier]]
      : [];
    return [["features", this.rest], ...classifier];
  }

  override forward(features: Tensor): Tensor {
    const mapped = runChain(this.rest, features);
    const output = this.model.forwardHead(mapped);
    if (output !== mapped && mapped !== features) mapped.dispose();
    return output;
  }
}

/** Whether a layer's output for the same input differs from step to step. */
function isRandomOrMoving(layer: Module): boolean {
  if (layer instanceof Dropout) return layer.p > 0;
  if (layer instanceof StochasticDepth) return layer.p > 0 && !layer.frozen;
  return (layer instanceof BatchNorm1d || layer instanceof BatchNorm2d) && !layer.frozen;
}

/** Whether a layer gives the same for the same input however the rest is trained. */
function isFixed(layer: Module): boolean {
  return (
    layer.parameters().every(({ requiresGrad }) => !requiresGrad) &&
    !layer.modules().some(isRandomOrMoving)
  );
}

/**
 * Splits a model at the end of its fixed layers.
 *
 * @returns null when there is none with parameters among them: nothing would be won.
 * @throws TypeError for a model that can't be split.
 */
export function splitOf(model: Module): Split | null {
  const split = model instanceof GraphModel ? splitGraph(model) : splitChain(model);
  return split && split.prefix.parameters().length > 0 ? split : null;
}

/** Whether `splitOf` finds something. */
export function hasFixedPrefix(model: Module): boolean {
  const canSplit =
    model instanceof Backbone || model instanceof Sequential || model instanceof GraphModel;
  return canSplit && splitOf(model) !== null;
}

function splitChain(model: Module): Split {
  const layers = chainOf(model).namedChildren();
  // What is kept are maps.
  const found = layers.findIndex(([, layer]) => layer instanceof Flatten || !isFixed(layer));
  const cut = found < 0 ? layers.length : found;
  const rest = new Sequential(Object.fromEntries(layers.slice(cut)));
  return {
    prefix: new Sequential(Object.fromEntries(layers.slice(0, cut))),
    remainder: model instanceof Backbone ? new Remainder(rest, model) : rest,
  };
}

/** The layers that can be cut. */
function chainOf(model: Module): Sequential {
  if (model instanceof Backbone) return model.features;
  if (model instanceof Sequential) return model;
  throw new TypeError(
    "FeatureCache: the model must be built of a file's architecture, or be one with features and a classifier, as those of " +
      "models are, or an nn.Sequential",
  );
}

function splitGraph(model: GraphModel): Split | null {
  const byName = new Map(model.graph.nodes.map((node) => [node.name, node]));
  const last = model.bottlenecks(isFixed).findLast((node) => givesMap(node, byName));
  if (!last) return null;
  const [prefix, remainder] = model.splitAt(last);
  return { prefix, remainder };
}

const GIVE_MAPS: ReadonlySet<OpName> = new Set<OpName>([
  ...(["conv2d", "convTranspose2d", "batchNorm", "groupNorm", "localResponseNorm"] as const),
  ...(["maxPool2d", "avgPool2d", "resize", "depthToSpace", "spaceToDepth", "pad"] as const),
]);
/** Of one map or several another, element by element. */
const KEEP_MAPS: ReadonlySet<OpName> = new Set<OpName>([
  ...([
    "relu",
    "leakyRelu",
    "elu",
    "prelu",
    "gelu",
    "sigmoid",
    "tanh",
    "clamp",
    "dropout",
  ] as const),
  ...(["add", "mul", "concat", "rescale"] as const),
]);

/** Whether it is certain that a node gives maps [C, H, W]. */
function givesMap({ op, inputs }: GraphNode, byName: ReadonlyMap<string, GraphNode>): boolean {
  if (GIVE_MAPS.has(op)) return true;
  return KEEP_MAPS.has(op) && inputs.some((name) => givesMap(byName.get(name)!, byName));
}
