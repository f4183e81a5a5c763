import { type ResizeMode, transforms } from "../data/index.ts";

/** How pixels of 0..255 become the numbers that a network was trained on. */
export interface PixelConvention {
  /** Red, green, blue in this order, or turned round as in networks from Caffe. */
  readonly order: "rgb" | "bgr";
  /** Pixels are multiplied by this, then the mean is taken off and the result divided by std. */
  readonly scale: number;
  /** One number for all channels, or one for each. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** The same, and how a picture comes to the network's size. */
export interface InputConvention extends PixelConvention {
  /** Height and width of the square input, in pixels. */
  readonly size: number;
  /** Channels of an image; null where any number will do. */
  readonly channels: number | null;
  /** How a picture of other proportions becomes square: stretched, its centre cut out, or with black borders. */
  readonly resize: ResizeMode;
  /** With "crop": the picture's shorter side is first brought to this many pixels. */
  readonly shorterSide?: number;
  /** false where training read the nearest pixels only (TensorFlow's older resize). */
  readonly antialias: boolean;
}

/** The conventions in use, by the names that the command takes. */
export const CONVENTIONS = {
  /** 0..1 */
  unit: { order: "rgb", scale: 1 / 255, mean: [0], std: [1] },
  /** −1..1, as TensorFlow's MobileNets have it. */
  signed: { order: "rgb", scale: 1 / 127.5, mean: [1], std: [1] },
  /** torchvision's. */
  imagenet: {
    order: "rgb",
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  /** Keras' VGG and ResNet: BGR, 0..255 minus the mean. */
  caffe: { order: "bgr", scale: 1, mean: [103.939, 116.779, 123.68], std: [1] },
  /** 0..255 as they are. */
  bytes: { order: "rgb", scale: 1, mean: [0], std: [1] },
  mnist: { order: "rgb", scale: 1 / 255, mean: [0.1307], std: [0.3081] },
} satisfies Record<string, PixelConvention>;

export type ConventionName = keyof typeof CONVENTIONS;

/** The convention of this name, undefined where there is none. */
export function findConvention(name: string): PixelConvention | undefined {
  return Object.hasOwn(CONVENTIONS, name) ? CONVENTIONS[name as ConventionName] : undefined;
}

/** What a convention is called, undefined where it is none of the usual ones. */
export function conventionName(given: PixelConvention): ConventionName | undefined {
  const text = ({ order, scale, mean, std }: PixelConvention) =>
    JSON.stringify([order, scale, mean, std]);
  const found = Object.entries(CONVENTIONS).find(([, known]) => text(known) === text(given));
  return found?.[0] as ConventionName | undefined;
}

/**
 * The transforms from pixels of 0..255 to a network's input, as `weights.transforms()` of torchvision has them, less the
 * resizing: a dataset's pictures come in the network's size (see `pictureOptions`).
 *
 * @param channels of the images. Default: the convention's, else 3. Three numbers on a grey image become their mean.
 * @example
 * const { model, input } = await transfer.pretrained("mobilenet_v1_0.25", { numClasses: 5 });
 * const flowers = await data.imageFolder("flowers", models.pictureOptions(input));
 * trainer.fit(flowers, { epochs: 5, batchSize: 32, transform: models.transformsOf(input) });
 */
export function transformsOf(
  input: PixelConvention & { readonly channels?: number | null },
  channels: number = input.channels ?? 3,
): transforms.Transform[] {
  const { order, scale, mean, std } = input;
  const steps: transforms.Transform[] =
    order === "bgr" && channels === 3 ? [transforms.rgbToBgr()] : [];
  steps.push(transforms.rescale(scale));
  const plain = mean.every((m) => m === 0) && std.every((s) => s === 1);
  if (plain) return steps;
  return [...steps, transforms.normalize(forChannels(mean, channels), forChannels(std, channels))];
}

/** Three numbers on a grey image: their mean. */
function forChannels(values: readonly number[], channels: number): readonly number[] {
  if (values.length === 1 || values.length === channels || channels !== 1) return values;
  return [values.reduce((sum, value) => sum + value, 0) / values.length];
}

/** The options with which `data.imageFolder` brings pictures to a network's size. */
export function pictureOptions({ size, resize, shorterSide, antialias }: InputConvention) {
  return { size, resize, shorterSide, antialias };
}

/** "RGB, (pixel · 0.003922 − [0.5]) / [0.25]" */
export function conventionText({ order, scale, mean, std }: PixelConvention): string {
  const scaled = `pixel · ${Number(scale.toPrecision(4))}`;
  const plain = mean.every((m) => m === 0);
  const shifted = plain ? scaled : `${scaled} − [${mean.join(", ")}]`;
  if (std.every((s) => s === 1)) return `${order.toUpperCase()}, ${shifted}`;
  return `${order.toUpperCase()}, ${plain ? shifted : `(${shifted})`} / [${std.join(", ")}]`;
}

/** The sentence that says what was assumed where a file doesn't tell. @param why such as "as in resnet18". */
export function assumedText(convention: PixelConvention, why: string): string {
  return `The file doesn't say how pixels become numbers; assumed, ${why}: ${conventionText(convention)}`;
}
