import { enableGrad, type Tensor, tensor } from "../autograd/index.ts";
import { checkOptions, shapeText } from "../base/index.ts";
import type { Dataset } from "../data/index.ts";
import { Backbone } from "../models/index.ts";
import { Conv2d, evaluating, type Module } from "../nn/index.ts";
import { predict } from "../train/index.ts";
import { BATCHES_OPTIONS, type BatchesOptions, batchesOf } from "./batches.ts";
import { type HeatMap, scaled } from "./heat_map.ts";
import { visitsOf } from "./trace.ts";

export interface GradCamOptions extends BatchesOptions {
  /** The layer whose map is weighed, as "features.29". Default: the last with as large a map as the last convolution's. */
  readonly layer?: string;
  /** The class that is asked about, for each image. Default: the one that is predicted. */
  readonly classes?: ArrayLike<number>;
}

/**
 * What in each image speaks for a class (Grad-CAM: R. R. Selvaraju et al., ICCV 2017): the channels of a layer's map, each weighed by
 * how much the class's output rises with it on average, added up, and what is below 0 left out.
 *
 * In evaluation mode; nothing of the model is changed, no gradients of weights are computed.
 *
 * @param images f32 [N, C, H, W], or a dataset.
 * @returns a map for each image, as large as the layer's, whose largest value is 1; all 0 where nothing speaks for the class.
 * @throws Error where the layer gives no map [N, C, h, w], or is run more than once.
 * @example
 * const [map] = await explain.gradCam(model, image, { classes: [3] });
 */
export async function gradCam(
  model: Module,
  images: Tensor | Dataset,
  options: GradCamOptions = {},
): Promise<HeatMap[]> {
  checkOptions("gradCam", options, [...BATCHES_OPTIONS, "layer", "classes"]);
  const maps: HeatMap[] = [];
  for await (const { batch, first } of batchesOf(images, options)) {
    const layer = layerOf(model, options.layer, batch);
    const classes = options.classes ?? (await predict(model, batch)).map(({ label }) => label);
    const at = options.classes ? first : 0;
    const asked = Array.from({ length: batch.shape[0]! }, (_, i) => classes[at + i]!);
    maps.push(...(await mapsOf(model, layer, batch, asked)));
  }
  return maps;
}

function layerOf(model: Module, path: string | undefined, { shape }: Tensor): Module {
  const visits = visitsOf(model, [1, ...shape.slice(1)]);
  if (path !== undefined) {
    const visit = visits.find(({ module }) => module === model.get(path));
    if (visit?.shape.length === 4) return visit.module;
    const why = visit ? `gives ${shapeText(visit.shape)}` : "isn't run exactly once";
    throw new Error(`gradCam: "${path}" ${why}; name a layer that gives one map [N, C, h, w]`);
  }
  const maps = visits.filter(
    ({ shape: [, , h = 1, w = 1], shape }) => shape.length === 4 && h * w > 1,
  );
  const last = maps.findLast(({ module }) => module instanceof Conv2d);
  const isTokens = model instanceof Backbone && model.asMap !== undefined;
  if (!last || isTokens)
    throw new Error(
      "gradCam: the model doesn't end with convolutions over a map; name a layer, or ask occlusion, which takes any model",
    );
  const [, , h, w] = last.shape;
  return maps.findLast(({ shape }) => shape[2] === h && shape[3] === w)!.module;
}

async function mapsOf(
  model: Module,
  layer: Module,
  images: Tensor,
  classes: readonly number[],
): Promise<HeatMap[]> {
  const { outputs, map } = forwardFrom(model, layer, images);
  outputs.backward(oneHot(outputs, classes));
  const [activations, gradients] = await Promise.all([map.data(), map.grad!.data()]);
  const [, channels, height, width] = map.shape as [number, number, number, number];
  map.grad!.dispose();
  map.dispose();
  const size = height * width;
  return classes.map((_, image) => {
    const values = new Float32Array(size);
    for (let c = 0; c < channels; c++) {
      const at = (image * channels + c) * size;
      let weight = 0;
      for (let i = 0; i < size; i++) weight += gradients[at + i]! / size;
      for (let i = 0; i < size; i++) values[i]! += weight * activations[at + i]!;
    }
    return scaled({ width, height, values: values.map((value) => Math.max(0, value)) });
  });
}

/** Runs the model with a graph that begins behind the layer: neither what is before it nor any weight gets a gradient. */
function forwardFrom(
  model: Module,
  layer: Module,
  images: Tensor,
): { outputs: Tensor; map: Tensor } {
  let map: Tensor | null = null;
  const handle = layer.registerForwardHook((_, __, output) => {
    map = (output as Tensor).detach().requiresGrad_();
    return map;
  });
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  for (const parameter of trained) parameter.requiresGrad_(false);
  try {
    const outputs = evaluating(model, () => enableGrad(() => model.forward(images))) as Tensor;
    return { outputs, map: map! };
  } finally {
    for (const parameter of trained) parameter.requiresGrad_(true);
    handle.remove();
  }
}

function oneHot({ shape }: Tensor, classes: readonly number[]): Tensor {
  const [count, width] = shape as [number, number];
  if (shape.length !== 2)
    throw new Error(`gradCam: the model gives ${shapeText(shape)}, not [N, classes]`);
  const values = new Float32Array(count * width);
  classes.forEach((label, i) => {
    if (!(label in values.subarray(0, width)))
      throw new RangeError(`gradCam: class ${label} of image ${i} is none of the model's ${width}`);
    values[i * width + label] = 1;
  });
  return tensor(values).reshape(shape);
}
