import { noGrad, Tensor } from "../../autograd/index.ts";
import { checkOptions } from "../../base/index.ts";
import {
  allocate,
  copyWords,
  imageTransform,
  MAX_IMAGE_CHANNELS,
  type NDArray,
  upload,
  VIEW_WORDS,
} from "../../kernels/index.ts";
import { numClasses } from "../labels.ts";
import type { Batch } from "../loader/batch_source.ts";
import { hasFloats, type LoadedBatch, labelType, loadFloats } from "../loader/float_batch.ts";
import type { OtherBatch } from "../loader/others.ts";
import { Random } from "../random.ts";
import type { Dataset, ImageShape } from "../types.ts";
import { type TransformOption, transformList } from "./evaluation.ts";
import { type Mix, type Mixing, mixLabels, writeMixes } from "./mixing.ts";
import { drawViews, planStages, type Stage, stageOutput, wordsPerImage } from "./plan.ts";
import type { ColourTransform, GeometryTransform, TensorTransform, Transform } from "./types.ts";

/** Which random numbers augmentation draws. */
export interface DrawOptions {
  /** Default 0. */
  seed?: number;
  /** Default 0. */
  epoch?: number;
  /** The first image's place in the epoch, so that draws don't depend on the batch size. Default 0. */
  position?: number;
}

/**
 * Brings a batch to the GPU and through the transforms. Pixels, views and labels travel in one
 * upload, bytes as bytes. Without transforms, bytes become floats from 0 to 255.
 */
export function uploadBatch(
  batch: Batch,
  transforms: readonly Transform[],
  draw: DrawOptions,
  mixer: Mixer | null,
): LoadedBatch {
  const { head, fn, rest } = cutAtFunction(transforms);
  const randoms = randomsFor(batch.shape[0], draw);
  if (mixer && batch.others)
    throw new Error(
      "mix: images alone would be mixed, and not what else the model takes: leave it out",
    );
  if (mixer && fn)
    throw new Error(
      `mix: images are mixed in the launch of the transforms, and the function ${fn.name} stands behind it: leave one out`,
    );
  return noGrad(() => {
    const isReady = head.length === 0 && hasFloats(batch) && !mixer;
    const loaded = isReady ? loadFloats(batch) : uploadAndRun(batch, head, randoms, draw, mixer);
    const images = continueWith(loaded.images, fn, rest, randoms);
    return { ...loaded, images, others: batch.others?.map((other) => uploadOther(other, draw)) };
  });
}

/** Brings another input to the GPU, a picture through its own transforms, which draw the numbers that the image's drew. */
function uploadOther({ values, shape, transform }: OtherBatch, draw: DrawOptions): Tensor {
  const [count, c = 1, h = 1, w = 1] = shape;
  const labels = new Int32Array(count);
  const alone = { images: values, shape: [count, c, h, w] as const, labels, labelShape: [count] };
  const batch = { ...alone, indices: labels, epoch: 0, index: 0 };
  const loaded = uploadBatch(batch, transformList(transform), draw, null);
  loaded.labels.dispose();
  return shape.length === 4 ? loaded.images : loaded.images.reshape(shape);
}

/** How a loader mixes images and labels. */
export interface Mixer {
  readonly mixing: Mixing;
  readonly dataset: Dataset;
  /** How many classes labels are of, once that was asked. */
  classes: number | null;
}

/**
 * Runs a batch of images that is on the GPU already through transforms. No gradient flows back.
 *
 * @param images f32 [n, c, h, w].
 */
export function applyTransforms(
  images: Tensor,
  transforms: TransformOption,
  draw: DrawOptions = {},
): Tensor {
  checkOptions("transforms.apply", draw, ["seed", "epoch", "position"]);
  const list = transformList(transforms);
  if (images.ndim !== 4 || images.dtype !== "f32") {
    throw new Error(
      `transforms take f32 images [n, c, h, w], got ${images.dtype} [${images.shape}]`,
    );
  }
  return noGrad(() => run(images, list, randomsFor(images.shape[0], draw)));
}

/** Sets augmentation's random numbers apart from shuffling's of the same seed. */
const STREAM = 1;
/** And those of whole batches apart from those of single images. */
const MIX_STREAM = 2;

function randomsFor(count: number, { seed = 0, epoch = 0, position = 0 }: DrawOptions): Random[] {
  return Array.from({ length: count }, (_, i) => new Random(seed, epoch, position + i, STREAM));
}

type Fusable = ColourTransform | GeometryTransform;

/** The transforms up to the first function, that function, and what follows it. */
interface Cut {
  readonly head: readonly Fusable[];
  readonly fn: TensorTransform | null;
  readonly rest: readonly Transform[];
}

function cutAtFunction(transforms: readonly Transform[]): Cut {
  const head: Fusable[] = [];
  for (const [i, transform] of transforms.entries()) {
    if (typeof transform === "function") {
      return { head, fn: transform, rest: transforms.slice(i + 1) };
    }
    head.push(transform);
  }
  return { head, fn: null, rest: [] };
}

function run(images: Tensor, transforms: readonly Transform[], randoms: Random[]): Tensor {
  const { head, fn, rest } = cutAtFunction(transforms);
  if (head.length === 0) return continueWith(images, fn, rest, randoms);
  const [, c, h, w] = images.shape;
  const stages = planStages(head, [c, h, w]);
  const words = new Uint32Array(drawViews(stages, randoms).buffer);
  const views = { array: upload(words, [words.length], "u32"), at: 0, mixesAt: null };
  const pixels = { array: images.array, packed: false };
  const array = runStages(pixels, stages, views, randoms.length);
  return continueWith(new Tensor(array), fn, rest, randoms);
}

function continueWith(
  images: Tensor,
  fn: TensorTransform | null,
  rest: readonly Transform[],
  randoms: Random[],
): Tensor {
  if (!fn) return images;
  const next = fn(images);
  if (!(next instanceof Tensor)) {
    throw new TypeError(
      `transform ${fn.name || "function"}: expected a tensor back, got ${typeof next}`,
    );
  }
  return rest.length === 0 ? next : run(next, rest, randoms);
}

interface Pixels {
  readonly array: NDArray;
  readonly packed: boolean;
}

interface Views {
  readonly array: NDArray;
  /** Where they begin, in words of 32 bits. */
  readonly at: number;
  /** Where the last stage's mixing begins; null where images aren't mixed. */
  readonly mixesAt: number | null;
}

function runStages(pixels: Pixels, stages: readonly Stage[], views: Views, count: number): NDArray {
  let { array, packed } = pixels;
  let viewsAt = views.at;
  stages.forEach((stage, i) => {
    const to = stageOutput(stage);
    const { from, bilinear, colour } = stage;
    const fill = stage.fill ?? colour.bias;
    const looksAt = stage.looks ? viewsAt + count * VIEW_WORDS : null;
    const mixesAt = i === stages.length - 1 ? views.mixesAt : null;
    const spec = {
      count,
      from,
      to,
      packed,
      bilinear,
      views: views.array,
      viewsAt,
      looksAt,
      mixesAt,
      fill,
    };
    array = imageTransform(array, { ...spec, colour: colour.matrix, bias: colour.bias });
    packed = false;
    viewsAt += count * wordsPerImage(stage);
  });
  return array;
}

/** Uploads pixels, views and labels together. */
function uploadAndRun(
  batch: Batch,
  transforms: readonly Fusable[],
  randoms: Random[],
  draw: DrawOptions,
  mixer: Mixer | null,
): LoadedBatch {
  const { images, labels, labelShape, shape, indices } = batch;
  const [count, c, h, w] = shape;
  // Mere unpacking treats channels alike, so any number of them will do.
  const unpackOnly = transforms.length === 0 && c > MAX_IMAGE_CHANNELS;
  const one: ImageShape = unpackOnly ? [1, c * h, w] : [c, h, w];
  const stages = planStages(transforms, one);
  const mixed = mixer && mix(batch, mixer, stages, draw);
  const targets = mixed?.labels ?? labels;
  const parts = [images, drawViews(stages, randoms), targets, mixed?.words ?? NO_WORDS];
  const { words, starts } = joinWords(parts);
  const payload = upload(words, [words.length], "u32");
  const pixels = { array: payload, packed: images instanceof Uint8Array };
  const out = runStages(
    pixels,
    stages,
    { array: payload, at: starts[1], mixesAt: mixed ? starts[3] : null },
    count,
  );
  const labelArray = mixed
    ? allocate([count, targets.length / count])
    : allocate([...labelShape], labelType(batch));
  copyWords(payload, starts[2], labelArray);
  return {
    images: new Tensor(unpackOnly ? out.share(shape) : out),
    labels: new Tensor(labelArray),
    targets,
    indices,
  };
}

const NO_WORDS = new Float32Array(0);

/** Draws what a batch's images are mixed with, at the size that they have at the end. */
function mix(
  { shape, labels }: Batch,
  mixer: Mixer,
  stages: readonly Stage[],
  { seed = 0, epoch = 0, position = 0 }: DrawOptions,
) {
  const { size } = stages.at(-1)!;
  const random = new Random(seed, epoch, position, MIX_STREAM);
  if (labels instanceof Int32Array) mixer.classes ??= numClasses(mixer.dataset);
  const mixes: Mix[] = mixer.mixing.draw(random, shape[0], size);
  return { words: writeMixes(mixes), labels: mixLabels(labels, mixes, size, mixer) };
}

/** Arrays one after the other, each starting at a whole word. */
function joinWords(parts: readonly (Uint8Array | Float32Array | Int32Array)[]): {
  words: Uint32Array;
  starts: number[];
} {
  let total = 0;
  const starts = parts.map(({ byteLength }) => {
    const start = total;
    total += Math.ceil(byteLength / 4);
    return start;
  });
  const words = new Uint32Array(total);
  const bytes = new Uint8Array(words.buffer);
  parts.forEach((part, i) => {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), 4 * starts[i]);
  });
  return { words, starts };
}
