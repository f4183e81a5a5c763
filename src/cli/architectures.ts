import type { WeightFile } from "../formats/index.ts";
import * as models from "../models/index.ts";
import type { Module } from "../nn/index.ts";
import type { ConventionName } from "./conventions.ts";
import { UsageError } from "./errors.ts";
import type { ResizeMode } from "./input.ts";

export interface BuildOptions {
  readonly numClasses: number;
  readonly includeTop: boolean;
  /** Height and width of the input. */
  readonly size: number;
  readonly channels: number;
  /** Width multiplier of MobileNets. */
  readonly alpha?: number;
}

export interface Architecture {
  /** As the user types it. */
  readonly name: string;
  readonly build: (options: BuildOptions) => Module;
  /** The input's side unless another is asked for. */
  readonly size: number;
  readonly minSize: number;
  /** The largest side, where a network can't take larger images. */
  readonly maxSize?: number;
  /** Channels of its input; null where any number will do. */
  readonly channels: number | null;
  readonly convention: ConventionName;
  /** Whether the pictures it is usually trained on were averaged when they were shrunk. */
  readonly antialias: boolean;
  /** How those of other proportions became square. */
  readonly resize: ResizeMode;
  /** At its usual size: the shorter side from which the centre was cut when it was measured. */
  readonly shorterSide?: number;
  /** Whether its classifier has hidden layers, which weights may be had for. */
  readonly hiddenLayers: boolean;
}

type Description = NonNullable<WeightFile["graph"]>;
type ZooBuilder = (options: models.ModelOptions) => Module;

/** A network of the zoo for RGB images, in torchvision's input convention unless said otherwise. */
function zoo(name: string, build: ZooBuilder, about: Partial<Architecture> = {}): Architecture {
  return {
    name,
    build: ({ numClasses, includeTop, size }) => build({ numClasses, includeTop, inputSize: size }),
    size: 224,
    minSize: 32,
    channels: 3,
    convention: "imagenet",
    antialias: true,
    resize: "crop",
    shorterSide: 256,
    hiddenLayers: false,
    ...about,
  };
}

const vgg = (name: string, build: ZooBuilder) => zoo(name, build, { hiddenLayers: true });

type SmallBuilder = typeof models.lenet | typeof models.simpleCnn | typeof models.smallVgg;

/** A network for small images of any number of channels. */
function small(name: string, build: SmallBuilder, size: number, minSize: number): Architecture {
  return {
    name,
    build: ({ numClasses, includeTop, size: inputSize, channels }) =>
      build({ numClasses, includeTop, inputSize, inChannels: channels }),
    size,
    minSize,
    channels: null,
    convention: "unit",
    antialias: true,
    resize: "stretch",
    hiddenLayers: build !== models.smallVgg,
  };
}

const LIST: readonly Architecture[] = [
  vgg("vgg11", models.vgg11),
  vgg("vgg13", models.vgg13),
  vgg("vgg16", models.vgg16),
  vgg("vgg19", models.vgg19),
  vgg("vgg11_bn", models.vgg11Bn),
  vgg("vgg13_bn", models.vgg13Bn),
  vgg("vgg16_bn", models.vgg16Bn),
  vgg("vgg19_bn", models.vgg19Bn),
  zoo("mobilenet_v1", models.mobilenetV1, {
    convention: "signed",
    antialias: false,
    shorterSide: undefined,
    build: ({ numClasses, includeTop, size, alpha }) =>
      models.mobilenetV1({ numClasses, includeTop, inputSize: size, alpha }),
  }),
  zoo("mobilenet_v2", models.mobilenetV2, {
    build: ({ numClasses, includeTop, size, alpha }) =>
      models.mobilenetV2({ numClasses, includeTop, inputSize: size, widthMult: alpha }),
  }),
  zoo("resnet18", models.resnet18),
  zoo("resnet34", models.resnet34),
  zoo("resnet50", models.resnet50),
  zoo("resnet20", models.resnet20, { size: 32, minSize: 8, shorterSide: undefined }),
  zoo("squeezenet1_0", models.squeezenet1_0),
  zoo("squeezenet1_1", models.squeezenet1_1),
  small("small_vgg", models.smallVgg, 32, 16),
  small("simple_cnn", models.simpleCnn, 28, 4),
  small("lenet", models.lenet, 28, 12),
];

export const ARCHITECTURES = LIST;
export const ARCHITECTURE_NAMES = LIST.map(({ name }) => name);

/** What a network is called that its own file describes. */
export const FROM_FILE = "from file";

/** By name; case, "-" and "_" don't count, so that "vgg16Bn" is found too. */
export function architectureNamed(name: string): Architecture {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ .]/g, "");
  const found = LIST.find((entry) => plain(entry.name) === plain(name));
  if (found) return found;
  throw new UsageError(
    `unknown architecture "${name}": there are ${ARCHITECTURE_NAMES.join(", ")}`,
  );
}

/** The network that a file describes, for square images of the size it says. */
export function architectureDescribed(description: Description): Architecture {
  const [channels, height, width] = description.inputShape;
  if (!channels || description.inputShape.length !== 3) {
    throw new UsageError(
      `the file describes a network for inputs [${description.inputShape}], not for images`,
    );
  }
  if (height !== width) {
    throw new UsageError(
      `the file's network takes images of ${width}×${height}; only square ones can be fed`,
    );
  }
  return {
    name: FROM_FILE,
    build: () => models.fromArchitecture(description),
    size: height ?? 224,
    minSize: height ?? 1,
    maxSize: height ?? undefined,
    channels,
    convention: "unit",
    antialias: true,
    resize: "stretch",
    hiddenLayers: true,
  };
}
