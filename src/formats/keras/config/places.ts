import type { LayerPlace } from "../weights.ts";
import type { KerasLayer, KerasModel } from "./model.ts";

/**
 * The place of each layer of a model. Keras 3's weight files count the layers of each class, in the model's order:
 * "conv2d", "conv2d_1" and so on, whatever the layers are called.
 *
 * @param outer the place of the model itself when it lies in another.
 */
export function placesOf(model: KerasModel, outer?: LayerPlace): Map<KerasLayer, LayerPlace> {
  const places = new Map<KerasLayer, LayerPlace>();
  const counts = new Map<string, number>();
  const models = outer ? [...outer.models, outer.name] : [];
  const prefix = outer ? `${outer.path}/layers/` : "layers/";
  for (const layer of model.layers) {
    const kind = snakeCase(layer.className);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const path = prefix + (count === 0 ? kind : `${kind}_${count}`);
    places.set(layer, { name: layer.name, models, path });
  }
  return places;
}

/** Keras's `to_snake_case`: "DepthwiseConv2D" → "depthwise_conv2d", "ReLU" → "re_lu". */
function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
}
