/** Two kinds of digits: printed and drawn ones, which the library draws, or MNIST and USPS where their files are given. */
import * as data from "webgraft/data";
import type { Files, Samples, Settings } from "./messages.ts";

export interface Domain {
  readonly train: data.Dataset;
  readonly test: data.Dataset;
  readonly transform: data.transforms.Transform[];
}

export interface Domains {
  readonly source: Domain;
  readonly target: Domain;
  readonly inChannels: number;
  readonly side: number;
  /** A drawing as a picture of the target. */
  drawing(grey: Uint8Array): data.Dataset;
}

const { transforms } = data;

export function openDomains(files: Files | null, settings: Settings): Promise<Domains> | Domains {
  return files ? realDomains(files, settings) : drawnDomains(settings);
}

function drawnDomains({ perClass, sourcePerClass }: Settings): Domains {
  const transform = [transforms.rescale(), transforms.normalize(0.5, 0.5)];
  const source = data.digits({ perClass: sourcePerClass, testPerClass: 10, style: "printed" });
  const target = data.digits({ perClass, testPerClass: 20 });
  return {
    source: { ...source, transform },
    target: { ...target, transform },
    ...{ inChannels: 3, side: 32 },
    drawing: (grey) =>
      data.fromArrays(Uint8Array.from([...grey, ...grey, ...grey]), [3, 32, 32], [0], {
        classes: source.train.classes,
      }),
  };
}

/** @throws Error naming the file that is missing. */
async function realDomains(files: Files, { perClass, sourcePerClass }: Settings): Promise<Domains> {
  const named = (pattern: RegExp, what: string) => {
    const [, file] = Object.entries(files).find(([name]) => pattern.test(name)) ?? [];
    if (!file) throw new Error(what);
    return file;
  };
  const mnist = await data.mnist({
    images: named(/train-images/, "train-images-idx3-ubyte.gz"),
    labels: named(/train-labels/, "train-labels-idx1-ubyte.gz"),
  });
  const [train, test] = data.split(mnist, [0.9, 0.1], { seed: 1, stratify: true });
  const [uspsTrain, uspsTest] = await Promise.all([
    data.usps(named(/zip\.train/, "zip.train.gz")),
    data.usps(named(/zip\.test/, "zip.test.gz")),
  ]);
  const normalize = transforms.normalize(0.1307, 0.3081);
  // USPS is 16×16 in −1..1: brought to MNIST's range, digit size and frame.
  const toUsps = [
    transforms.rescale(0.5, 0.5),
    transforms.resize(20),
    transforms.pad(4),
    normalize,
  ];
  const some = (set: data.Dataset, count: number) => data.perClass(set, count, { seed: 3 });
  return {
    source: {
      train: some(train!, sourcePerClass),
      test: some(test!, 10),
      transform: [transforms.rescale(), normalize],
    },
    target: { train: some(uspsTrain, perClass), test: uspsTest, transform: toUsps },
    ...{ inChannels: 1, side: 28 },
    drawing: (grey) => {
      const ink = Float32Array.from(drawnSmall(grey), (value) => 1 - value / 127.5);
      return data.fromArrays(ink, [1, 16, 16], [0], { classes: mnist.classes });
    },
  };
}

/** A drawing of 28 × 28 as USPS has it: 16 × 16, each the mean of what it covers of the inner 24. */
function drawnSmall(grey: Uint8Array): Float32Array {
  const [side, inner] = [16, 24];
  return Float32Array.from({ length: side * side }, (_, i) => {
    const [top, left] = [Math.floor(i / side), i % side].map((at) => 2 + (at * inner) / side);
    let sum = 0;
    for (const y of [Math.floor(top!), Math.ceil(top!)])
      for (const x of [Math.floor(left!), Math.ceil(left!)]) sum += grey[y * 28 + x]!;
    return sum / 4;
  });
}

/** The first picture of each class, as canvases take them. */
export async function samplesOf({ train }: Domain): Promise<Samples> {
  const found = new Map<number, Uint8ClampedArray<ArrayBuffer>>();
  for (let i = 0; i < train.length && found.size < 10; i++) {
    const { image, shape, label } = await train.get(i);
    if (!found.has(Number(label))) found.set(Number(label), rgba(image, shape));
  }
  return [...found].sort(([a], [b]) => a - b).map(([, pixels]) => pixels);
}

function rgba(image: ArrayLike<number>, [channels, height, width]: data.ImageShape) {
  const size = height * width;
  const values = Array.from(image);
  const isSigned = values.some((value) => value < 0);
  const byte = (value: number) => (isSigned ? 127.5 * (value + 1) : value);
  return Uint8ClampedArray.from({ length: 4 * size }, (_, i) => {
    const channel = i % 4;
    if (channel === 3) return 255;
    return byte(values[Math.min(channel, channels - 1) * size + Math.floor(i / 4)]!);
  });
}
