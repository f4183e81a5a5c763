import { printable } from "../../errors.ts";
import type { BuiltNetwork, NetworkBuilder, Value } from "../../graph/builder.ts";
import type { Shape } from "../../graph/network_graph.ts";
import { mapShape } from "../../graph/reshape.ts";
import { ownValue } from "../../json.ts";
import type { KerasWeights, LayerPlace } from "../weights.ts";
import type { KerasCall, TensorRef } from "./calls.ts";
import type { KerasContext } from "./context.ts";
import { Fields } from "./fields.ts";
import { ruleFor } from "./layers.ts";
import type { KerasLayer, KerasModel } from "./model.ts";
import { placesOf } from "./places.ts";
import { inOneRow, KNOWS_APART, KNOWS_TURNED } from "./reshape.ts";
import { hasSignals } from "./signals.ts";

/** Models inside models may be used any number of times: without a bound a small file could unfold without end. */
const MAX_RUNS = 20_000;

export interface KerasOptions {
  readonly builder: NetworkBuilder;
  readonly weights: KerasWeights;
  readonly isKeras3: boolean;
  readonly classes?: readonly string[];
}

/** @returns the network of a configuration, and the names of the file's tensors that it took. */
export function convertModel(
  model: KerasModel,
  options: KerasOptions,
): BuiltNetwork & { readonly taken: ReadonlySet<string> } {
  const { builder } = options;
  const layout = layoutOf(model);
  const context: KerasContext = {
    ...options,
    layout,
    hasSignals: hasSignals(model),
    used: new Map(),
    taken: new Set(),
    count: { runs: 0 },
  };
  const { name, shape } = inputOf(model, context);
  const input = shape ? builder.input(name, shape) : {};
  const outputs = runModel(model, [input], context);
  const about = { name: model.name, inputShape: shape ?? [], fileLayout: layout };
  const network = builder.finish(outputs, { ...about, classes: options.classes });
  return { ...network, taken: context.taken };
}

/** Channels come last unless a layer was told otherwise; a model never mixes the two. */
function layoutOf(model: KerasModel): "NHWC" | "NCHW" {
  const isFirst = ({ config, model: inner, className }: KerasLayer): boolean =>
    (className !== "Flatten" && ownValue(config, "data_format") === "channels_first") ||
    ownValue(config, "dim_ordering") === "th" ||
    (inner?.layers.some(isFirst) ?? false);
  return model.layers.some(isFirst) ? "NCHW" : "NHWC";
}

function inputOf(
  model: KerasModel,
  { builder, layout, hasSignals }: KerasContext,
): { readonly name: string; readonly shape?: Shape } {
  const refs = model.isSequential ? [] : model.inputs;
  const layer = refs[0] ? model.layers.find(({ name }) => name === refs[0].layer) : model.layers[0];
  const name = layer?.className === "InputLayer" ? layer.name : "input";
  const unsupported = (why: string) => {
    builder.unsupported(layer?.name ?? model.name, layer?.className ?? "model", why);
    return { name };
  };
  if (refs.length > 1)
    return unsupported(`the network has ${refs.length} inputs, and only one is supported`);
  const shape = layer && batchShape(layer);
  if (!shape) return unsupported("the file doesn't tell the shape of the input");
  const sides = shape.length === 2 && hasSignals ? inOneRow(shape, layout) : shape;
  const ours = sides.length === 1 ? sides : mapShape(sides, layout);
  return ours
    ? { name, shape: ours }
    : unsupported(`inputs of ${shape.length} dimensions aren't supported`);
}

/** The input's shape in the file's layout, without the batch. */
function batchShape(layer: KerasLayer): Shape | undefined {
  const innermost = layer.model?.layers[0];
  if (innermost) return batchShape(innermost);
  const { config } = layer;
  const whole = ownValue(config, "batch_input_shape") ?? ownValue(config, "batch_shape");
  if (!Array.isArray(whole)) return undefined;
  const shape: unknown[] = whole.slice(1);
  return shape.length > 0 && shape.every(isSide) ? shape : undefined;
}

function isSide(side: unknown): side is number | null {
  return side === null || (typeof side === "number" && Number.isSafeInteger(side) && side > 0);
}

function runModel(
  model: KerasModel,
  inputs: readonly Value[],
  context: KerasContext,
  outer?: LayerPlace,
): readonly Value[] {
  const places = placesOf(model, outer);
  const run = (layer: KerasLayer, values: readonly Value[], call?: KerasCall) =>
    runLayer(layer, values, context, places.get(layer)!, call);
  return model.isSequential
    ? runSequential(model, inputs, run)
    : runFunctional(model, inputs, context, run);
}

type Run = (layer: KerasLayer, values: readonly Value[], call?: KerasCall) => readonly Value[];

function runSequential(model: KerasModel, inputs: readonly Value[], run: Run): readonly Value[] {
  let values = inputs;
  for (const layer of model.layers) {
    if (layer.className !== "InputLayer") values = run(layer, values);
  }
  return values;
}

function runFunctional(
  model: KerasModel,
  inputs: readonly Value[],
  context: KerasContext,
  run: Run,
): readonly Value[] {
  const values = new Map<string, readonly Value[]>();
  model.inputs.forEach(({ layer }, i) => {
    values.set(`${layer}/0`, [inputs[i] ?? {}]);
  });
  const lookUp = ({ layer, call, output }: TensorRef) => values.get(`${layer}/${call}`)?.[output];
  let waiting = model.layers.flatMap((layer) =>
    layer.calls.map((call, index) => ({ layer, call, key: `${layer.name}/${index}` })),
  );
  // Layers mostly come in order; a shared one may be called after layers that stand behind it.
  for (let before = -1; waiting.length !== before; ) {
    before = waiting.length;
    waiting = waiting.filter(({ layer, call, key }) => {
      const found = call.inputs.flatMap((ref) => lookUp(ref) ?? []);
      if (found.length < call.inputs.length || found.length === 0) return true;
      values.set(key, run(layer, found, call));
      return false;
    });
  }
  for (const { layer } of waiting) {
    context.builder.unsupported(
      layer.name,
      layer.className,
      "its inputs can't be found in the file",
    );
  }
  return model.outputs.map((ref) => {
    const value = lookUp(ref);
    if (value) return value;
    const name = printable(ref.layer);
    return context.builder.unsupported(name, "output", "no layer of the file gives this output");
  });
}

function runLayer(
  layer: KerasLayer,
  inputs: readonly Value[],
  context: KerasContext,
  place: LayerPlace,
  call?: KerasCall,
): readonly Value[] {
  if (++context.count.runs > MAX_RUNS) {
    throw context.builder.broken(layer.name, `the network has more than ${MAX_RUNS} layers`);
  }
  if (layer.model) return runModel(layer.model, inputs, context, place);
  const { name, className, config } = layer;
  const given = context.builder.given(name, className, inputs);
  if (given) return [given];
  const rule = ruleFor(className, layer.isOperation);
  if (typeof rule === "string") return [context.builder.unsupported(name, className, rule)];
  if (inputs.some((input) => input.turned) && !KNOWS_TURNED.has(className)) {
    const why = "its input has the channels first, and the model has them last";
    return [context.builder.unsupported(name, className, why)];
  }
  if (inputs.some((input) => input.apart) && !KNOWS_APART.has(className)) {
    const why = "its input has more dimensions than a map";
    return [context.builder.unsupported(name, className, why)];
  }
  const fields = new Fields(name, config, context.builder.fail);
  return [rule({ fields, name, className, place, inputs, call }, context)];
}
