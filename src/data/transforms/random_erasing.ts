import { checkOptions } from "../../base/index.ts";
import type { Random } from "../random.ts";
import type { GeometryTransform, Size } from "./types.ts";

export interface RandomErasingOptions {
  /** The probability. Default 0.5. */
  p?: number;
  /** The rectangle's area as a fraction of the image's, from … to. Default [0.02, 0.33]. */
  scale?: readonly [number, number];
  /** Its height over its width, from … to. Default [0.3, 3.3]. */
  ratio?: readonly [number, number];
  /** What stands in it, one number for all channels or one for each, as the images are at this point. Default 0. */
  value?: number | readonly number[];
}

/**
 * Puts one colour in place of a random rectangle of an image, with probability `p` (Zhong et al. 2017,
 * https://arxiv.org/abs/1708.04896), drawn as torchvision does: behind `normalize` the default is the mean colour.
 */
export function randomErasing(options: RandomErasingOptions = {}): GeometryTransform {
  checkOptions("randomErasing", options, ["p", "scale", "ratio", "value"]);
  const { p = 0.5, scale = [0.02, 0.33], ratio = [0.3, 3.3], value = 0 } = options;
  if (!(p >= 0 && p <= 1)) throw new RangeError(`randomErasing: p must be from 0 to 1, got ${p}`);
  for (const [low, high] of [scale, ratio])
    if (!(low > 0 && low <= high))
      throw new RangeError(
        `randomErasing: scale and ratio must be ranges above 0, got ${low} to ${high}`,
      );
  return {
    kind: "geometry",
    name: "randomErasing",
    recolours: "erase",
    interpolation: null,
    fill: () => null,
    size: (size) => size,
    place(view, random) {
      if (random.float() >= p) return;
      const box = drawBox(view, scale, ratio, random);
      if (box)
        view.erase(box.left, box.top, box.width, box.height, valuesFor(value, view.channels));
    },
    evaluation: null,
  };
}

function valuesFor(value: number | readonly number[], channels: number): readonly number[] {
  if (typeof value === "number") return Array<number>(channels).fill(value);
  if (value.length === channels) return value;
  throw new Error(
    `randomErasing: ${value.length} values, but the images have ${channels} channels`,
  );
}

/** Ten tries to find a rectangle that fits, as torchvision has it. */
function drawBox(
  { height, width }: Size,
  scale: readonly [number, number],
  ratio: readonly [number, number],
  random: Random,
) {
  const [low, high] = ratio.map(Math.log);
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = height * width * (scale[0] + (scale[1] - scale[0]) * random.float());
    const aspect = Math.exp(low + (high - low) * random.float());
    const box = {
      height: Math.round(Math.sqrt(area * aspect)),
      width: Math.round(Math.sqrt(area / aspect)),
    };
    if (!(box.height < height && box.width < width)) continue;
    const top = random.int(height - box.height + 1);
    return { ...box, top, left: random.int(width - box.width + 1) };
  }
  return null;
}
