/** Keras configurations in short, and what they are translated to. */
import { failing } from "../../../../src/formats/errors.ts";
import { NetworkBuilder } from "../../../../src/formats/graph/builder.ts";
import type { JsonObject } from "../../../../src/formats/json.ts";
import { convertModel } from "../../../../src/formats/keras/config/convert.ts";
import { parseModel } from "../../../../src/formats/keras/config/model.ts";
import { namedWeights } from "../../../../src/formats/keras/named_weights.ts";
import type { KerasWeights } from "../../../../src/formats/keras/weights.ts";
import { interpret, type Plane } from "../../interpret.ts";

export type Tensors = Readonly<Record<string, readonly number[]>>;

/** Translates a configuration; the tensors, by "layer/name", hold sin(i). */
export function convert(
  json: JsonObject,
  tensors: Tensors = {},
  kernels?: KerasWeights["kernels"],
  isKeras3 = false,
) {
  const fail = failing("model", "keras-h5");
  const builder = new NetworkBuilder(fail);
  const paths = Object.entries(tensors).map(([path, shape]) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.sin(i),
    );
    return {
      path,
      group: path.split("/")[0],
      tensor: { name: path, shape, dtype: "f32" as const, data: () => data },
    };
  });
  const model = parseModel(json, fail);
  const network = convertModel(model!, {
    builder,
    weights: namedWeights(paths, kernels),
    isKeras3,
  });
  return { ...network, builder, tensors: builder.tensors };
}

export const layer = (className: string, config: JsonObject, inbound?: readonly unknown[]) => ({
  class_name: className,
  name: config.name,
  config,
  ...(inbound ? { inbound_nodes: inbound } : {}),
});

export const sequential = (...layers: readonly unknown[]) => ({
  class_name: "Sequential",
  config: { name: "m", layers },
});

export function functional(output: string, ...layers: readonly unknown[]): JsonObject {
  const config = {
    name: "m",
    layers,
    input_layers: [["in", 0, 0]],
    output_layers: [[output, 0, 0]],
  };
  return { class_name: "Functional", config };
}

export const input = (...shape: readonly (number | null)[]) =>
  layer("InputLayer", { name: "in", batch_input_shape: [null, ...shape] }, []);
export const from = (...names: readonly string[]) => [names.map((name) => [name, 0, 0, {}])];

export function run(converted: ReturnType<typeof convert>, image: Plane): number[] {
  if (!converted.graph) throw converted.graphError;
  return [...interpret(converted.graph, converted.tensors, image)[0]];
}

export const batch = { batch_input_shape: [null, 2] };
