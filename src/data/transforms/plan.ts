import { MAX_IMAGE_CHANNELS, VIEW_WORDS } from "../../kernels/index.ts";
import type { Random } from "../random.ts";
import type { ImageShape } from "../types.ts";
import { applyColour, type ColourMap, composeColour, identityColour } from "./colour.ts";
import type { ColourTransform, GeometryTransform, Size } from "./types.ts";
import { View } from "./view.ts";

/** Transforms that one launch of the image kernel does together. */
export interface Stage {
  readonly from: ImageShape;
  readonly size: Size;
  readonly geometry: readonly GeometryTransform[];
  readonly colour: ColourMap;
  readonly bilinear: boolean;
  /** Whether pixels are sampled in between already. */
  readonly resampled: boolean;
  /** The colour of uncovered parts; null while there are none. */
  readonly fill: readonly number[] | null;
}

function emptyStage(from: ImageShape): Stage {
  const [channels, height, width] = from;
  const colour = identityColour(channels);
  const size = { height, width };
  return { from, size, geometry: [], colour, bilinear: false, resampled: false, fill: null };
}

export function stageOutput({ size, colour }: Stage): ImageShape {
  return [colour.bias.length, size.height, size.width];
}

/**
 * Fuses transforms into as few launches as give the same result. Colours are affine and so commute
 * with sampling; crops and flips only move whole pixels. A new launch is needed where the result of
 * resampling or filling would be resampled again, or two parts are filled with different colours.
 */
export function planStages(
  transforms: readonly (ColourTransform | GeometryTransform)[],
  shape: ImageShape,
): Stage[] {
  requireChannels(shape[0], "transforms");
  const done: Stage[] = [];
  let stage = emptyStage(shape);
  for (const transform of transforms) {
    const next = extend(stage, transform);
    if (next) stage = next;
    else {
      done.push(stage);
      stage = extend(emptyStage(stageOutput(stage)), transform) ?? stage;
    }
    requireChannels(stage.colour.bias.length, transform.name);
  }
  return [...done, stage];
}

function requireChannels(channels: number, where: string): void {
  if (channels <= MAX_IMAGE_CHANNELS) return;
  throw new Error(
    `${where}: images of ${channels} channels; at most ${MAX_IMAGE_CHANNELS} are supported`,
  );
}

/** The stage with one more transform, or null when that needs a stage of its own. */
function extend(stage: Stage, transform: ColourTransform | GeometryTransform): Stage | null {
  const channels = stage.colour.bias.length;
  if (transform.kind === "colour") {
    const map = transform.map(channels);
    const fill = stage.fill && applyColour(map, stage.fill);
    return { ...stage, colour: composeColour(stage.colour, map), fill };
  }
  const { interpolation } = transform;
  if (interpolation && (stage.resampled || stage.fill)) return null;
  const filler = transform.fill(stage.size);
  const fill = filler === null ? stage.fill : Array<number>(channels).fill(filler);
  if (fill && stage.fill && fill.some((value, c) => value !== stage.fill?.[c])) return null;
  return {
    ...stage,
    geometry: [...stage.geometry, transform],
    size: transform.size(stage.size),
    bilinear: stage.bilinear || interpolation === "bilinear",
    resampled: stage.resampled || interpolation !== null,
    fill,
  };
}

/** The views of all stages' images: stage s, image i at word (s · count + i) · VIEW_WORDS. */
export function drawViews(stages: readonly Stage[], randoms: readonly Random[]): Float32Array {
  const words = new Float32Array(stages.length * randoms.length * VIEW_WORDS);
  let at = 0;
  for (const { from, geometry } of stages) {
    for (const random of randoms) {
      const view = new View(from[2], from[1]);
      for (const transform of geometry) transform.place(view, random);
      view.write(words, at);
      at += VIEW_WORDS;
    }
  }
  return words;
}
