import { transforms } from "../data/index.ts";
import { UsageError } from "./errors.ts";

type Transform = ReturnType<typeof transforms.rescale>;

/** How pixels of 0..255 become the numbers that a network was trained on. */
export interface Convention {
  /** Red, green, blue in this order, or turned round as in networks from Caffe. */
  readonly order: "rgb" | "bgr";
  /** Pixels are multiplied by this, then the mean is taken off and the result divided by std. */
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const CONVENTIONS = {
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
} satisfies Record<string, Convention>;

export type ConventionName = keyof typeof CONVENTIONS;
export const CONVENTION_NAMES = Object.keys(CONVENTIONS) as ConventionName[];

export interface ConventionOptions {
  inputConvention?: string;
  /** Of pixels scaled to 0..1. */
  mean?: readonly number[];
  std?: readonly number[];
}

/** What the user asked for, on top of what the network came with. @throws UsageError */
export function chooseConvention(options: ConventionOptions, otherwise: Convention): Convention {
  const { inputConvention, mean, std } = options;
  const base = inputConvention === undefined ? otherwise : conventionNamed(inputConvention);
  if (!mean && !std) return base;
  if (std?.some((s) => s === 0)) throw new UsageError("--std must not be 0");
  const { order } = base;
  return { order, scale: 1 / 255, mean: mean ?? [0], std: std ?? [1] };
}

/** @throws UsageError naming the conventions there are. */
export function conventionNamed(name: string): Convention {
  if (Object.hasOwn(CONVENTIONS, name)) return CONVENTIONS[name as ConventionName];
  throw new UsageError(
    `unknown input convention "${name}": there are ${CONVENTION_NAMES.join(", ")}`,
  );
}

/** The transforms that bring pixels of 0..255 to the network's input. */
export function conventionTransforms(convention: Convention, channels: number): Transform[] {
  const { order, scale, mean, std } = convention;
  const steps = order === "bgr" && channels === 3 ? [transforms.rgbToBgr()] : [];
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
