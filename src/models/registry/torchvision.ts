import type { Module } from "../../nn/index.ts";
import { mobilenetV2 } from "../mobilenet_v2.ts";
import type { ModelOptions } from "../options.ts";
import { resnet18, resnet34, resnet50 } from "../resnet.ts";
import { squeezenet1_0, squeezenet1_1 } from "../squeezenet.ts";
import { vgg11, vgg11Bn, vgg13, vgg13Bn, vgg16, vgg16Bn, vgg19, vgg19Bn } from "../vgg.ts";
import type { InputConvention, PretrainedEntry } from "./types.ts";

/** The preset of torchvision's classification weights: shorter side 256, centre 224. */
const INPUT: InputConvention = {
  size: 224,
  order: "rgb",
  scale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  resize: "crop",
  shorterSide: 256,
  antialias: true,
};

type Builder = (options: ModelOptions) => Module;
type Row = [build: Builder, file: string, mebibytes: number, top1: number, sha256?: string];

/** From the `Weights` enumerations (IMAGENET1K_V1) of torchvision.models; file names end in the hash's first digits. */
const TABLE: Readonly<Record<string, Row>> = {
  vgg11: [vgg11, "vgg11-8a719046", 506.84, 0.6902],
  vgg13: [vgg13, "vgg13-19584684", 507.545, 0.69928],
  vgg16: [
    vgg16,
    "vgg16-397923af",
    527.796,
    0.71592,
    "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
  ],
  vgg19: [vgg19, "vgg19-dcbb9e9d", 548.051, 0.72376],
  vgg11_bn: [vgg11Bn, "vgg11_bn-6002323d", 506.881, 0.7037],
  vgg13_bn: [vgg13Bn, "vgg13_bn-abd245e5", 507.59, 0.71586],
  vgg16_bn: [vgg16Bn, "vgg16_bn-6c64b313", 527.866, 0.7336],
  vgg19_bn: [vgg19Bn, "vgg19_bn-c79401a0", 548.143, 0.74218],
  resnet18: [
    resnet18,
    "resnet18-f37072fd",
    44.661,
    0.69758,
    "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec",
  ],
  resnet34: [resnet34, "resnet34-b627a593", 83.275, 0.73314],
  resnet50: [resnet50, "resnet50-0676ba61", 97.781, 0.7613],
  mobilenet_v2: [mobilenetV2, "mobilenet_v2-b0353104", 13.555, 0.71878],
  squeezenet1_0: [squeezenet1_0, "squeezenet1_0-b66bff10", 4.778, 0.58092],
  squeezenet1_1: [
    squeezenet1_1,
    "squeezenet1_1-b8a52dc0",
    4.729,
    0.58178,
    "b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b",
  ],
};

export function torchvisionEntries(): PretrainedEntry[] {
  return Object.entries(TABLE).map(
    ([name, [build, file, mebibytes, top1, sha256 = file.slice(-8)]]) => ({
      name,
      architecture: name,
      build,
      url: `https://download.pytorch.org/models/${file}.pth`,
      shards: false,
      size: Math.round(mebibytes * 2 ** 20),
      sizeTolerance: 1024,
      sha256,
      licence: "BSD-3-Clause (torchvision)",
      source: "https://pytorch.org/vision/stable/models.html",
      trainedOn: "ImageNet-1k",
      numClasses: 1000,
      top1,
      input: INPUT,
    }),
  );
}
