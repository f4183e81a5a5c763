import { activationsByName } from "../../graph/activations.ts";
import { countPerChannel } from "../../graph/arithmetic.ts";
import { addClamp, addHardSigmoid } from "../../graph/bounds.ts";
import type { NetworkBuilder, Value } from "../../graph/builder.ts";
import { isJsonObject, ownValue } from "../../json.ts";
import {
  type KerasContext,
  type LayerRule,
  type LayerUse,
  layerTensors,
  sidesInFile,
  unsupported,
  withWeights,
} from "./context.ts";
import { functionName } from "./fields.ts";

type Activate = (builder: NetworkBuilder, name: string, input: Value) => Value;

/** Functions without parameters, by all names that Keras has for them. */
export const PLAIN = activationsByName(({ keras, otherKeras = [] }) => [keras, ...otherKeras]);

const FUNCTIONS: ReadonlyMap<string, Activate> = new Map<string, Activate>([
  ...[...PLAIN].map(([text, op]): [string, Activate] => [
    text,
    (builder, name, input) => builder.add(op, name, [input], {}),
  ]),
  ["elu", (builder, name, input) => builder.add("elu", name, [input], { alpha: 1 })],
  ["leaky_relu", (builder, name, input) => leaky(builder, name, input, 0.2)],
  ["gelu", (builder, name, input) => builder.add("gelu", name, [input], { approximate: "none" })],
]);

function leaky(builder: NetworkBuilder, name: string, input: Value, negativeSlope: number): Value {
  return builder.add("leakyRelu", name, [input], { negativeSlope });
}

/** Adds the activation that a layer carries with it ("Conv2D with relu") as a node of its own. */
export function activated(use: LayerUse, context: KerasContext, input: Value): Value {
  const carried = use.fields.value("activation");
  return carried === undefined ? input : apply(carried, use, context, input, true);
}

/** The layer Activation. */
export const activationLayer: LayerRule = (use, context) =>
  apply(use.fields.value("activation") ?? "linear", use, context, use.inputs[0], false);

/** An activation by its name, as a layer. */
export function activation(name: string, use: LayerUse, context: KerasContext): Value {
  return apply(name, use, context, use.inputs[0], false);
}

function apply(
  wanted: unknown,
  use: LayerUse,
  context: KerasContext,
  input: Value,
  isCarried: boolean,
): Value {
  const { builder } = context;
  const text = functionName(wanted);
  if (text === "linear") return input;
  const name = isCarried ? `${use.name}_${text ?? "activation"}` : use.name;
  if (text === "softmax" || text === "log_softmax") {
    const op = text === "softmax" ? "softmax" : "logSoftmax";
    return softmaxOver(op, -1, { ...use, name }, context, input);
  }
  // Keras 1 and 2 clip 0.2 x + 0.5, Keras 3 has PyTorch's x / 6 + 0.5.
  const slope = context.isKeras3 ? 1 / 6 : 0.2;
  if (text === "hard_sigmoid") return addHardSigmoid(builder, name, input, slope, 0.5);
  const activate = text && FUNCTIONS.get(text);
  if (activate) return activate(builder, name, input);
  const layer = activationObject(wanted, use, name);
  const rule = layer && ACTIVATION_LAYERS.get(layer.className);
  if (rule) return rule({ ...layer, inputs: [input] }, context);
  const shown = text ?? layer?.className ?? "unknown";
  return unsupported(use, context, `the activation "${shown}" isn't known`);
}

/** An activation that is a layer itself: `{ class_name: "LeakyReLU", config: { … } }`. */
function activationObject(object: unknown, use: LayerUse, name: string) {
  const className = ownValue(object, "class_name");
  const config = ownValue(object, "config");
  if (typeof className !== "string" || !isJsonObject(config)) return undefined;
  return { ...use, name, className, fields: use.fields.of(config) };
}

function softmaxOver(
  op: "softmax" | "logSoftmax",
  axis: unknown,
  use: LayerUse,
  context: KerasContext,
  input: Value,
): Value {
  const sides = sidesInFile(input, context);
  if (sides === undefined) return {};
  const rank = sides + 1;
  const channels = context.layout === "NHWC" || rank < 4 ? rank - 1 : 1;
  if (axis === channels || (axis === -1 && channels === rank - 1)) {
    return context.builder.add(op, use.name, [input], {});
  }
  const why = `softmax is over the axis ${JSON.stringify(axis)}, and only channels or features are supported`;
  return unsupported(use, context, why);
}

const reluLayer: LayerRule = (use, context) => {
  const { name, fields, inputs } = use;
  const { builder } = context;
  const slope = fields.number(0, "negative_slope");
  const max = fields.number(Number.MAX_VALUE, "max_value");
  if (fields.number(0, "threshold") !== 0) {
    return unsupported(use, context, "a threshold other than 0 isn't supported");
  }
  if (slope === 0) return addClamp(builder, name, inputs[0], 0, max);
  if (max === Number.MAX_VALUE) return leaky(builder, name, inputs[0], slope);
  return unsupported(use, context, "a slope together with max_value isn't supported");
};

const leakyReluLayer: LayerRule = ({ name, fields, inputs }, { builder }) =>
  leaky(builder, name, inputs[0], fields.number(0.3, "negative_slope", "alpha"));

const eluLayer: LayerRule = ({ name, fields, inputs }, { builder }) =>
  builder.add("elu", name, inputs, { alpha: fields.number(1, "alpha") });

/** PReLU, with one slope or one for each channel: its shared axes show in the shape of its slopes. */
const preluLayer: LayerRule = (use, context) => {
  const [input] = use.inputs;
  const { alpha } = layerTensors(use, context, ["alpha"]);
  const numParameters = input.shape ? countPerChannel(alpha, input, context.layout) : 1;
  if (!numParameters) {
    return unsupported(use, context, "slopes that differ within a channel aren't supported");
  }
  return withWeights(use, context, (earlier) => {
    const weights = earlier ?? { weight: { ...alpha, shape: [numParameters] } };
    return context.builder.add("prelu", use.name, [input], { numParameters }, weights);
  });
};

/** Axes other than the last may come as a list. */
const softmaxLayer: LayerRule = (use, context) => {
  const axis = use.fields.value("axis") ?? -1;
  const one = Array.isArray(axis) && axis.length === 1 ? axis[0] : axis;
  return softmaxOver("softmax", one, use, context, use.inputs[0]);
};

/** Layers that are activations, by class name. */
export const ACTIVATION_LAYERS: ReadonlyMap<string, LayerRule> = new Map([
  ["ReLU", reluLayer],
  ["LeakyReLU", leakyReluLayer],
  ["ELU", eluLayer],
  ["PReLU", preluLayer],
  ["Softmax", softmaxLayer],
]);
