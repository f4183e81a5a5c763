import type { FlatOrder } from "../../graph/flat_order.ts";
import type { Shape } from "../../graph/network_graph.ts";
import type { WeightDtype } from "../../types.ts";

/** A tensor of a Keras layer. */
export interface PlannedWeight {
  /** What Keras calls it. */
  readonly role: string;
  readonly shape: readonly number[];
  /** Writes its elements, in Keras's layout, where they belong: nothing else of a file's size is ever held. */
  readonly fill: (target: Float32Array) => void;
  /** What they are rounded to; float32 where left out. */
  readonly dtype?: WeightDtype;
}

/** A layer of the model to be written. */
export interface PlannedLayer {
  readonly name: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of the layers whose values it takes. */
  readonly inputs: readonly string[];
  readonly weights: readonly PlannedWeight[];
}

/** A whole model as Keras and TF.js describe it. */
export interface KerasPlan {
  readonly name: string;
  readonly layers: readonly PlannedLayer[];
  readonly input: string;
  readonly outputs: readonly string[];
  readonly classes?: readonly string[];
}

/** What is known of a value when a layer that takes it is planned. */
export interface PlannedValue {
  /** The layer that gives it in the Keras model. */
  readonly layer: string;
  readonly shape: Shape;
  /** How Keras counts the elements of a flattened map; undefined where it counts as we do. */
  readonly order?: FlatOrder;
  /** Whether nothing in it can be below zero. */
  readonly isPositive: boolean;
}

/** A shape in Keras's layout, with the batch in front. */
export function batchShape(shape: Shape): (number | null)[] {
  const [channels, ...sides] = shape;
  return [null, ...sides, channels];
}

/** The `model_config` that Keras 2.4 and later, Keras 3 and TF.js read. */
export function modelConfig(plan: KerasPlan): Record<string, unknown> {
  const layers = plan.layers.map((layer) => ({
    class_name: layer.className,
    config: { name: layer.name, trainable: true, dtype: "float32", ...layer.config },
    name: layer.name,
    inbound_nodes: layer.inputs.length === 0 ? [] : [layer.inputs.map((name) => [name, 0, 0, {}])],
  }));
  return {
    class_name: "Functional",
    config: {
      name: plan.name,
      trainable: true,
      layers,
      input_layers: [[plan.input, 0, 0]],
      output_layers: plan.outputs.map((name) => [name, 0, 0]),
    },
  };
}
