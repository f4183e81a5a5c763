import { LOOK_WORDS, MAX_IMAGE_CHANNELS, VIEW_WORDS } from "../../kernels/index.ts";
import type { Random } from "../random.ts";
import type { ImageShape } from "../types.ts";
import { applyColour, type ColourMap, composeColour, identityColour } from "./colour.ts";
import type { ColourTransform, GeometryTransform, Size } from "./types.ts";
import { View } from "./view.ts";

/** What a stage does to an image, in order: transforms of its own, and changes of colour that all share. */
type Step = GeometryTransform | ColourMap;

/** Transforms that one launch of the image kernel does together. */
export interface Stage {
  readonly from: ImageShape;
  readonly size: Size;
  readonly steps: readonly Step[];
  /** All changes of colour that images share. */
  readonly colour: ColourMap;
  readonly bilinear: boolean;
  /** Whether pixels are sampled in between already. */
  readonly resampled: boolean;
  /** The colour of uncovered parts, where images have no colours of their own; null while there are none. */
  readonly fill: readonly number[] | null;
  /** Whether images have colours of their own. */
  readonly looks: boolean;
  /** Whether a part of each image may be erased. */
  readonly erases: boolean;
}

function emptyStage(from: ImageShape): Stage {
  const [channels, height, width] = from;
  const colour = identityColour(channels);
  const size = { height, width };
  const nothing = { bilinear: false, resampled: false, fill: null, looks: false, erases: false };
  return { from, size, steps: [], colour, ...nothing };
}

export function stageOutput({ size, colour }: Stage): ImageShape {
  return [colour.bias.length, size.height, size.width];
}

/**
 * Fuses transforms into as few launches as give the same result. Colours are affine and so commute
 * with sampling; crops and flips only move whole pixels. A new launch is needed where the result of
 * resampling or filling would be resampled again, two parts are filled with different colours, or what was erased would move.
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
    const colour = composeColour(stage.colour, map);
    return { ...stage, steps: [...stage.steps, map], colour, fill };
  }
  const { interpolation, recolours } = transform;
  if (interpolation && (stage.resampled || stage.fill)) return null;
  if (stage.erases && recolours !== "colour") return null;
  const filler = transform.fill(stage.size);
  if (filler !== null && stage.fill && stage.looks) return null; // it changed with each image's colours since
  const fill = filler === null ? stage.fill : Array<number>(channels).fill(filler);
  if (fill && stage.fill && fill.some((value, c) => value !== stage.fill?.[c])) return null;
  return {
    ...stage,
    steps: [...stage.steps, transform],
    size: transform.size(stage.size),
    bilinear: stage.bilinear || interpolation === "bilinear",
    resampled: stage.resampled || interpolation !== null,
    fill,
    looks: stage.looks || recolours !== undefined,
    erases: stage.erases || recolours === "erase",
  };
}

/** The views of all stages' images, and behind those of a stage their looks where it has them. */
export function drawViews(stages: readonly Stage[], randoms: readonly Random[]): Float32Array {
  const words = new Float32Array(
    stages.reduce((sum, stage) => sum + wordsPerImage(stage), 0) * randoms.length,
  );
  let at = 0;
  for (const stage of stages) {
    const looksAt = at + randoms.length * VIEW_WORDS;
    randoms.forEach((random, i) => {
      const view = placed(stage, random);
      view.write(words, at + i * VIEW_WORDS);
      if (stage.looks) view.writeLook(words, looksAt + i * LOOK_WORDS);
    });
    at += randoms.length * wordsPerImage(stage);
  }
  return words;
}

/** How many words a stage's views take for each image. */
export function wordsPerImage({ looks }: Stage): number {
  return VIEW_WORDS + (looks ? LOOK_WORDS : 0);
}

function placed({ from, steps, looks }: Stage, random: Random): View {
  const view = new View(from[2], from[1], from[0]);
  for (const step of steps) {
    if ("kind" in step) {
      if (looks) view.fill(step.fill(view));
      step.place(view, random);
    } else if (looks) view.recolour(step);
  }
  return view;
}
