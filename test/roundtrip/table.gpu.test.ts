// The table of all pairs: a file of every format that Graft reads becomes a network, is saved as
// every format that Graft writes, and read by that format's own library, which must compute the same.
import { beforeAll, describe, expect, it } from "vitest";
import {
  formats,
  models,
  type nn,
  noGrad,
  type Tensor,
  tensor,
  transfer,
} from "../../src/index.ts";
import { traceModel } from "../../src/models/index.ts";
import { fromKerasPath, Net, SHAPE } from "./network.ts";
import { floatBytes, hasReaders, jsonBytes, outputsOf, runScript } from "./python_files.ts";
import { hasTfjs, runTfjs } from "./tfjs_reader.ts";

const CLASSES = ["ant", "bee", "cat", "dog", "elk", "fox"];

/** What each format's file is called, and those beside it. */
const SOURCES = {
  safetensors: ["net.safetensors"],
  "PyTorch zip": ["zip.pth"],
  "PyTorch legacy": ["legacy.pth"],
  npz: ["net.npz"],
  "Keras .h5": ["net.h5"],
  "Keras .weights.h5": ["net.weights.h5"],
  "Keras .keras": ["net.keras"],
  "TF.js layers": [
    "layers/model.json",
    "layers/group1-shard1of2.bin",
    "layers/group1-shard2of2.bin",
  ],
  "TF.js graph": ["graph/model.json", "graph/group1-shard1of2.bin", "graph/group1-shard2of2.bin"],
  ONNX: ["net.onnx"],
} as const;

type Source = keyof typeof SOURCES;
const sources = Object.keys(SOURCES) as Source[];

/** What Python reads, by the ending of the file. */
const TARGETS = {
  safetensors: "safetensors",
  PyTorch: "pth",
  npz: "npz",
  "Keras .h5": "h5",
  ONNX: "onnx",
};
const targets = Object.keys(TARGETS) as (keyof typeof TARGETS)[];

const stem = (source: Source) => source.replace(/[ .]+/g, "_");

interface Loaded {
  readonly model: nn.Module;
  readonly own: readonly number[];
  readonly tfjs: Record<string, Uint8Array>;
}

async function load(files: Readonly<Record<string, Uint8Array>>) {
  const file = await formats.loadWeights(files);
  if (file.graphError) throw file.graphError;
  const model = file.graph ? models.fromArchitecture(file.graph) : new Net();
  const rename = file.format === "keras-h5" && !file.graph ? fromKerasPath : undefined;
  const { missing } = transfer.loadPretrained(model, file, rename ? { rename } : {});
  expect(missing).toEqual([]);
  return model.eval();
}

async function compute(model: nn.Module, image: Float32Array): Promise<number[]> {
  const x = tensor(image, { shape: [1, ...SHAPE] });
  return Array.from(await noGrad(() => model.forward(x) as Tensor).data());
}

/** The files of one network in every format that Python reads. */
async function save(model: nn.Module, name: string): Promise<Record<string, Uint8Array>> {
  const options = { inputShape: SHAPE, classes: CLASSES };
  const traced = traceModel(model, SHAPE);
  await traced.readConstants();
  const dict = model.stateDict();
  return {
    [`${name}.arch.json`]: jsonBytes(traced.graph),
    [`${name}.safetensors`]: await formats.saveSafetensors(dict),
    [`${name}.pth`]: await formats.savePytorch(dict),
    [`${name}.npz`]: await formats.saveNpz(dict),
    [`${name}.h5`]: await formats.saveKerasH5(model, options),
    [`${name}.onnx`]: await formats.saveOnnx(model, options),
  };
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

/** The largest difference, relative to the largest output. */
function difference(values: readonly number[], expected: readonly number[]): number {
  if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...values.map((value, i) => Math.abs(value - expected[i]!))) / largest;
}

describe.skipIf(!hasReaders)(
  "the table of all pairs (needs Debian's python3-torch, -h5py, -onnx)",
  () => {
    const loaded = new Map<Source, Loaded>();
    let expected: number[] = [];
    let image: Float32Array = new Float32Array();
    let printed: unknown;

    beforeAll(async () => {
      const names = Object.values(SOURCES).flat();
      const made = runScript("make", {}, ["picture.f32", "expected.f32", ...names]).outputs;
      image = floats(made[0]!);
      expected = Array.from(floats(made[1]!));
      const bytes = new Map<string, Uint8Array>(names.map((name, i) => [name, made[i + 2]!]));
      const written: Record<string, Uint8Array> = {};
      for (const source of sources) {
        const files = SOURCES[source].map((name) => [name, bytes.get(name)!] as const);
        const model = await load(Object.fromEntries(files));
        Object.assign(written, await save(model, stem(source)));
        const tfjs = await formats.saveTfjs(model, { inputShape: SHAPE, classes: CLASSES });
        loaded.set(source, { model, own: await compute(model, image), tfjs });
      }
      const picture = {
        "picture.f32": floatBytes(image),
        "picture.json": jsonBytes([1, ...SHAPE]),
      };
      ({ printed } = runScript("read", { ...written, ...picture }));
    }, 300_000);

    it.each(sources)("%s loads: Graft computes what PyTorch does", (source) => {
      expect(difference(loaded.get(source)!.own, expected)).toBeLessThan(1e-5);
    });

    describe.each(sources)("from %s", (source) => {
      it.each(targets)("to %s", (target) => {
        const values = outputsOf(printed, `${stem(source)}.${TARGETS[target]}`);
        expect(difference(values, expected)).toBeLessThan(1e-5);
        expect(difference(values, loaded.get(source)!.own)).toBeLessThan(1e-5);
      });

      it.skipIf(!hasTfjs)("to TF.js layers (needs bench/peers installed)", async () => {
        const values = await runTfjs(loaded.get(source)!.tfjs, image, SHAPE);
        expect(difference(values, expected)).toBeLessThan(1e-5);
      });
    });
  },
);
