import { CIFAR10_CLASSES } from "../../data/index.ts";
import type { Module } from "../../nn/index.ts";
import { mobilenetV1 } from "../mobilenet_v1.ts";
import type { ModelOptions } from "../options.ts";
import { resnet20 } from "../resnet.ts";
import { vgg16, vgg19 } from "../vgg.ts";
import type { InputConvention, PretrainedEntry } from "./types.ts";

/** TensorFlow's MobileNets: RGB in −1..1, trained on pictures resized without averaging. */
const SIGNED: InputConvention = {
  size: 224,
  order: "rgb",
  scale: 1 / 127.5,
  mean: [1],
  std: [1],
  resize: "crop",
  antialias: false,
};

/** Width multiplier, what the address calls it, and the numbers in the file as Keras counts them. */
const MOBILENETS: readonly [alpha: number, called: string, numbers: number][] = [
  [0.25, "0.25", 475_544],
  [0.5, "0.50", 1_342_536],
  [0.75, "0.75", 2_601_976],
  [1, "1.0", 4_253_864],
];

/** TensorFlow.js layers models. Nobody publishes hashes of them: what comes first is trusted. */
function mobilenets(): PretrainedEntry[] {
  return MOBILENETS.map(
    ([alpha, called, numbers]): PretrainedEntry => ({
      name: `mobilenet_v1_${called}`,
      architecture: "mobilenet_v1",
      build: (options) => mobilenetV1({ ...options, alpha }),
      alpha,
      url: `https://storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_${called}_224/model.json`,
      shards: true,
      size: 4 * numbers,
      sizeTolerance: 200_000, // model.json is not counted
      licence: "Apache-2.0 (Google)",
      source: "https://github.com/tensorflow/tfjs-models/tree/master/mobilenet",
      trainedOn: "ImageNet-1k",
      numClasses: 1000,
      input: SIGNED,
    }),
  );
}

/** Keras' VGGs, from Oxford's Caffe models: BGR, 0..255 minus the mean. */
const CAFFE: InputConvention = {
  size: 224,
  order: "bgr",
  scale: 1,
  mean: [103.939, 116.779, 123.68],
  std: [1],
  resize: "stretch",
  antialias: true,
};

type Builder = (options: ModelOptions) => Module;

function kerasFeatures(architecture: string, build: Builder, size: number): PretrainedEntry {
  return {
    name: `${architecture}_keras`,
    architecture,
    build,
    url:
      `https://storage.googleapis.com/tensorflow/keras-applications/${architecture}/` +
      `${architecture}_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    shards: false,
    size,
    sizeTolerance: 0,
    licence: "CC-BY-4.0 (Oxford VGG)",
    source: "https://keras.io/api/applications/vgg/",
    trainedOn: "ImageNet-1k",
    numClasses: 0,
    input: CAFFE,
  };
}

const CIFAR: InputConvention = {
  size: 32,
  order: "rgb",
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  resize: "stretch",
  antialias: true,
};

const RESNET20: PretrainedEntry = {
  name: "resnet20",
  architecture: "resnet20",
  build: resnet20,
  url:
    "https://raw.githubusercontent.com/akamaster/pytorch_resnet_cifar10/" +
    "d5489e8995e81e91ce6b1d69dcc98ad579b0b153/pretrained_models/resnet20-12fca82f.th",
  shards: false,
  size: 1_099_231,
  sizeTolerance: 0,
  sha256: "12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8",
  licence: "BSD-2-Clause (Yerlan Idelbayev)",
  source: "https://github.com/akamaster/pytorch_resnet_cifar10",
  trainedOn: "CIFAR-10",
  numClasses: 10,
  classes: CIFAR10_CLASSES,
  top1: 0.9178,
  input: CIFAR,
};

export function otherEntries(): PretrainedEntry[] {
  return [
    ...mobilenets(),
    kerasFeatures("vgg16", vgg16, 58_889_256),
    kerasFeatures("vgg19", vgg19, 80_134_624),
    RESNET20,
  ];
}
