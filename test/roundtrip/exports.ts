/** The files of python/exports.py, made anew in each run: networks as PyTorch exports them, and what PyTorch computes. */
import { formats, models, type nn, transfer } from "../../src/index.ts";
import { labels, uniform } from "../golden/weights.ts";
import { runScript } from "./python_files.ts";

export const OPSETS = ["11", "13", "16"] as const;
export type Opset = (typeof OPSETS)[number];

const BATCH = 2;

export interface Golden {
  /** Of an image. */
  readonly shape: readonly number[];
  /** Of all images. */
  readonly outputs: readonly number[];
  /** For each file, by the names of its tensors. */
  readonly gradientNorms: Readonly<Record<Opset, Readonly<Record<string, number>>>>;
}

export interface Exported {
  readonly golden: Golden;
  readonly model: nn.Module;
  /** What the file calls a tensor of the model. */
  readonly originalName: (name: string) => string;
}

/** The files and what they should give. */
export class Exports {
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly golden: Readonly<Record<string, Golden>>;

  constructor(networks: readonly string[]) {
    const names = networks.flatMap((network) => OPSETS.map((opset) => `${network}.${opset}.onnx`));
    const [json, ...files] = runScript("exports", {}, ["exports.json", ...names]).outputs;
    this.golden = JSON.parse(new TextDecoder().decode(json));
    this.#files = new Map(names.map((name, i) => [name, files[i]!]));
  }

  /** A network out of its file, in evaluation mode. */
  async load(network: string, opset: Opset): Promise<Exported> {
    const file = await formats.loadWeights(this.#files.get(`${network}.${opset}.onnx`)!);
    const model = models.fromArchitecture(formats.requireArchitecture(file), { logits: false });
    const { missing } = transfer.loadPretrained(model, file);
    if (missing.length > 0) throw new Error(`${network}: not in the file: ${missing.join(", ")}`);
    const originalName = (name: string) => file.tensors.get(name)?.originalName ?? name;
    return { golden: this.golden[network]!, model: model.eval(), originalName };
  }
}

export function imagesOf({ shape }: Golden): { images: Float32Array; shape: readonly number[] } {
  const whole = [BATCH, ...shape];
  return { images: uniform("images", whole, 1.7), shape: whole };
}

/** A class for each image, or for each place of a map. */
export function labelsFor([, classes, ...sides]: readonly number[]) {
  const shape = [BATCH, ...sides];
  const count = shape.reduce((product, side) => product * side, 1);
  return { values: labels("labels", count, classes!), shape };
}
