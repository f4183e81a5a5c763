import { DataLoader, type Dataset, subset, transforms } from "../../data/index.ts";
import { gradCam, type HeatMap, occlusion } from "../../explain/index.ts";
import type { Module } from "../../nn/index.ts";
import { heatPicture, type MistakePicture, type Pixels, pngUrl } from "../../report/index.ts";

/** Where pictures come from, and how they come to the network. */
export interface PictureSource {
  readonly set: Dataset;
  readonly transform: readonly transforms.Transform[];
  /** Brings the set's pixels to 0..255. */
  readonly toBytes: readonly transforms.Transform[];
}

/** A picture of the set, and the class or label that its heat map is of. */
export interface AskedPicture {
  readonly index: number;
  readonly asked: number;
}

/** Pixels of a side that are shown: enough for what a picture takes on a page. */
const MOST_PIXELS = 128;

/** The pictures of mistakes, with what in them spoke for the class that they were taken for. */
export async function picturesOf(
  model: Module,
  { set, transform, toBytes }: PictureSource,
  mistakes: readonly AskedPicture[],
): Promise<MistakePicture[]> {
  if (mistakes.length === 0) return [];
  const shown = subset(
    set,
    Int32Array.from(mistakes, ({ index }) => index),
  );
  const asked = mistakes.map((mistake) => mistake.asked);
  const maps = await heatMaps(model, shown, transform, asked);
  const pictures = await pngsOf(shown, toBytes);
  return pictures.map((picture, i) => ({
    picture,
    heatMap: maps[i] ? heatPicture(maps[i]) : null,
  }));
}

/** Of networks that don't end with convolutions over a map, by covering parts of the pictures. */
async function heatMaps(
  model: Module,
  set: Dataset,
  transform: readonly transforms.Transform[],
  classes: readonly number[],
): Promise<HeatMap[]> {
  try {
    return await gradCam(model, set, { transform, classes });
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("gradCam:"))) throw error;
    return occlusion(model, set, { transform, classes });
  }
}

async function pngsOf(set: Dataset, toBytes: readonly transforms.Transform[]): Promise<string[]> {
  const [, height, width] = (await set.get(0)).shape;
  const isLarge = Math.max(height, width) > MOST_PIXELS;
  const transform = isLarge ? [...toBytes, transforms.resize(MOST_PIXELS)] : toBytes;
  const urls: string[] = [];
  for await (const [images] of new DataLoader(set, { batchSize: 1, transform })) {
    urls.push(pngUrl(pixelsOf(await images.data(), images.shape)));
  }
  return urls;
}

/** From planes of floats to pixels of bytes. */
function pixelsOf(values: ArrayLike<number>, shape: readonly number[]): Pixels {
  const [, depth, height, width] = shape as [number, number, number, number];
  const channels = depth === 1 ? 1 : 3;
  const plane = height * width;
  const data = new Uint8Array(plane * channels);
  for (let i = 0; i < plane; i++)
    for (let c = 0; c < channels; c++)
      data[i * channels + c] = Math.max(0, Math.min(255, Math.round(values[c * plane + i]!)));
  return { width, height, channels, data };
}
