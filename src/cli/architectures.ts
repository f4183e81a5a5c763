import * as models from "../models/index.ts";
import type { ConventionName } from "./conventions.ts";
import { UsageError } from "./errors.ts";

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
  readonly build: (options: BuildOptions) => models.Backbone;
  /** The input's side unless another is asked for; a range where any size will do. */
  readonly size: number;
  readonly minSize: number;
  /** Channels of its input; null where any number will do. */
  readonly channels: number | null;
  readonly convention: ConventionName;
  /** Whether its classifier has hidden layers, which weights may be had for. */
  readonly hiddenLayers: boolean;
}

type VggBuilder = typeof models.vgg16;

function vgg(name: string, build: VggBuilder): Architecture {
  return {
    name,
    build: ({ numClasses, includeTop, size }) => build({ numClasses, includeTop, inputSize: size }),
    size: 224,
    minSize: 32,
    channels: 3,
    convention: "imagenet",
    hiddenLayers: true,
  };
}

type SmallBuilder = typeof models.lenet | typeof models.simpleCnn | typeof models.smallVgg;

function small(name: string, build: SmallBuilder, size: number, minSize: number): Architecture {
  return {
    name,
    build: ({ numClasses, includeTop, size: inputSize, channels }) =>
      build({ numClasses, includeTop, inputSize, inChannels: channels }),
    size,
    minSize,
    channels: null,
    convention: "unit",
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
  {
    name: "mobilenet_v1",
    build: ({ numClasses, includeTop, size, alpha }) =>
      models.mobilenetV1({ numClasses, includeTop, inputSize: size, alpha }),
    size: 224,
    minSize: 32,
    channels: 3,
    convention: "signed",
    hiddenLayers: false,
  },
  small("small_vgg", models.smallVgg, 32, 16),
  small("simple_cnn", models.simpleCnn, 28, 4),
  small("lenet", models.lenet, 28, 12),
];

export const ARCHITECTURE_NAMES = LIST.map(({ name }) => name);

/** By name; case, "-" and "_" don't count, so that "vgg16Bn" is found too. */
export function architectureNamed(name: string): Architecture {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ .]/g, "");
  const found = LIST.find((entry) => plain(entry.name) === plain(name));
  if (found) return found;
  throw new UsageError(
    `unknown architecture "${name}": there are ${ARCHITECTURE_NAMES.join(", ")}`,
  );
}
