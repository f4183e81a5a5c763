import source from "../../../shaders/image/image_transform.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { planeParams } from "../window_params.ts";

/** The kernel keeps a pixel in one vec4. */
export const MAX_IMAGE_CHANNELS = 4;

/** 32-bit words that describe where one output image lies in its source; see the shader. */
export const VIEW_WORDS = 16;

/** Words of what is an image's own in colour, and of how it is mixed with another; see the shader. */
export const LOOK_WORDS = 32;
export const MIX_WORDS = 8;

/** [channels, height, width] */
type ImageShape = readonly [number, number, number];

export interface ImageTransformSpec {
  /** How many images. */
  readonly count: number;
  readonly from: ImageShape;
  readonly to: ImageShape;
  /** Whether the source is bytes, four to a u32 word, rather than f32. */
  readonly packed: boolean;
  /** Bilinear sampling, else the pixel that a point falls into. */
  readonly bilinear: boolean;
  /** Holds `count` views from word `viewsAt` on; may be the array that holds the images. */
  readonly views: NDArray;
  readonly viewsAt: number;
  /** Where, in the same array, each image has its own colour, fill and erased rectangle; null where they are alike. */
  readonly looksAt: number | null;
  /** Where it says what each image is mixed with; null where none is. */
  readonly mixesAt: number | null;
  /** A row per output channel, a column per input channel. */
  readonly colour: readonly (readonly number[])[];
  /** Per output channel. */
  readonly bias: readonly number[];
  /** Output colour where the view leaves the picture. */
  readonly fill: readonly number[];
}

/**
 * Samples a batch of images through one affine view each and changes their colours affinely.
 *
 * @param images at its start the images [count, channels, height, width].
 * @returns f32 [count, …to].
 */
export function imageTransform(images: NDArray, spec: ImageTransformSpec): NDArray {
  const { count, from, to } = spec;
  const out = allocate([count, ...to]);
  const pixels = count * to[1] * to[2];
  const kernel = specialize(source, {
    CHANNELS_IN: from[0],
    CHANNELS_OUT: to[0],
    PACKED: spec.packed,
    BILINEAR: spec.bilinear,
    LOOKS: spec.looksAt !== null,
    MIXES: spec.mixesAt !== null,
  });
  launch(
    kernel,
    { source: images, views: spec.views, out },
    {
      pixels,
      ...planeParams([from[1], from[2]], [to[1], to[2]]),
      views_at: spec.viewsAt,
      looks_at: spec.looksAt ?? 0,
      mixes_at: spec.mixesAt ?? 0,
      colour: paddedRows(spec.colour),
      bias: padded(spec.bias),
      fill: padded(spec.fill),
    },
    linearGrid(pixels),
  );
  return out;
}

/** Fills `to` with the 32-bit words of `from` from word `at` on. */
export function copyWords(from: NDArray, at: number, to: NDArray): void {
  const { stream } = from.storage.device;
  stream.copy(from.storage.buffer, 4 * at, to.storage.buffer, 0, 4 * to.size);
  to.storage.version++;
}

function padded(values: readonly number[]): number[] {
  return Array.from({ length: MAX_IMAGE_CHANNELS }, (_, i) => values[i] ?? 0);
}

function paddedRows(rows: readonly (readonly number[])[]): number[] {
  return Array.from({ length: MAX_IMAGE_CHANNELS }, (_, i) => padded(rows[i] ?? [])).flat();
}
