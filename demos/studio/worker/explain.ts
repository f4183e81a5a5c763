import {
  data,
  type LoadedNetwork,
  models,
  nn,
  predict,
  type Tensor,
  explain as why,
} from "webgraft";
import type { Explanation, Plane, Trained } from "./messages.ts";
import { networkOf, ranking } from "./predict.ts";

/** More than anybody looks at. */
const MOST_MAPS = 24;

/** Why a network answers as it does for a picture: what speaks for its answer, and what its first layer sees. */
export async function explain(ask: Trained & { picture: Blob }): Promise<Explanation> {
  const network = await networkOf(ask);
  const { model, input, transform, classes } = network;
  const set = await data.imageFolder({ picture: [ask.picture] }, models.pictureOptions(input));
  const [{ probabilities }] = await predict(model, set, { transform });
  // A network that ends otherwise than with maps has none to show.
  const heat = await why.gradCam(model, set, { transform }).catch(() => []);
  const first = firstConvolution(model);
  return {
    ranking: ranking(probabilities, classes),
    heat: heat[0] ?? null,
    filters: first ? await filtersOf(first) : [],
    maps: first ? await mapsOf(network, first, set) : [],
  };
}

function firstConvolution(model: nn.Module): nn.Conv2d | null {
  return model.modules().find((module): module is nn.Conv2d => module instanceof nn.Conv2d) ?? null;
}

/** What each output channel looks for, averaged over the input channels. */
async function filtersOf({ weight }: nn.Conv2d): Promise<Plane[]> {
  const [count, channels, height, width] = weight.shape;
  const values = await weight.data();
  const size = height * width;
  return Array.from({ length: Math.min(count, MOST_MAPS) }, (_, filter) => {
    const plane = new Float32Array(size);
    for (let c = 0; c < channels; c++) {
      const at = (filter * channels + c) * size;
      for (let i = 0; i < size; i++) plane[i] += values[at + i] / channels;
    }
    return stretched(width, height, plane);
  });
}

/** What each channel makes of the picture. */
async function mapsOf(
  { model, transform }: LoadedNetwork,
  layer: nn.Conv2d,
  set: data.Dataset,
): Promise<Plane[]> {
  const loader = new data.DataLoader(set, { batchSize: 1, transform });
  for await (const { images } of loader.batches()) {
    const map = outputOf(model, layer, images);
    const [, count, height, width] = map.shape;
    const values = await map.data();
    map.dispose();
    const size = height * width;
    return Array.from({ length: Math.min(count, MOST_MAPS) }, (_, channel) =>
      stretched(width, height, values.slice(channel * size, (channel + 1) * size)),
    );
  }
  return [];
}

function outputOf(model: nn.Module, layer: nn.Module, images: Tensor): Tensor {
  let map: Tensor | null = null;
  const handle = layer.registerForwardHook((_, __, output) => {
    map = (output as Tensor).detach().requiresGrad_(); // kept for the graph that follows it
    return map;
  });
  try {
    model.forward(images);
  } finally {
    handle.remove();
  }
  if (!map) throw new Error("the network's first layer isn't run");
  return map;
}

/** From its lowest value as 0 to its highest as 1. */
function stretched(width: number, height: number, values: ArrayLike<number>): Plane {
  const plane = Float32Array.from(values);
  const low = plane.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = plane.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return { width, height, values: plane.map((value) => (value - low) / (high - low || 1)) };
}
