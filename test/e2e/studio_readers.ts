/** What the real readers of the files that the studio hands out make of a photo. */
import { unzipSync } from "fflate";
import { data, init, type LoadedNetwork, loadNetwork, models } from "../../src/index.ts";
import "../../src/node.ts";
import { traceModel } from "../../src/models/index.ts";
import { testAdapter } from "../gpu_adapter.ts";
import { hasOnnxRuntime, runOnnx } from "../roundtrip/onnxruntime_reader.ts";
import {
  floatBytes,
  hasReaders,
  jsonBytes,
  outputsOf,
  runScript,
} from "../roundtrip/python_files.ts";
import { hasTfjs, runTfjs } from "../roundtrip/tfjs_reader.ts";

/** A trained network in every format. */
export interface TakenAway {
  readonly safetensors: Uint8Array;
  readonly h5: Uint8Array;
  readonly onnx: Uint8Array;
  /** A zip. */
  readonly tfjs: Uint8Array;
}

/** By reader: the classes' probabilities, in the order of the network's classes. */
export type Answers = ReadonlyMap<string, readonly number[]>;

/** Graft's own loader in Node reads each file, description of the pictures included. @throws where classes got lost. */
export async function answersOfGraft(files: TakenAway, photo: Blob): Promise<Answers> {
  await init({ adapter: await testAdapter() });
  const answers = new Map<string, readonly number[]>();
  for (const [format, bytes] of Object.entries(files)) {
    const network = await loadNetwork(format === "tfjs" ? unzipSync(bytes) : bytes);
    const [{ probabilities }] = await network.predict([photo]);
    if (network.classes.length !== probabilities.length) throw new Error(`${format}: no classes`);
    answers.set(`Graft, ${format}`, Array.from(probabilities));
  }
  return answers;
}

/** Those of the other libraries that are installed here. */
export async function answersOfOthers(files: TakenAway, photo: Blob): Promise<Answers> {
  const network = await loadNetwork(files.safetensors);
  const { channels, size } = network.input;
  const shape = [channels, size, size];
  const image = await imageOf(network, photo);
  const found = new Map<string, readonly number[]>();
  if (hasReaders) {
    for (const [name, values] of await inPython(files, network, image, shape))
      found.set(name, values);
  }
  if (hasOnnxRuntime)
    found.set("ONNX Runtime", [...(await runOnnx(files.onnx, image, [1, ...shape]))]);
  if (hasTfjs) found.set("TF.js", await runTfjs(unzipSync(files.tfjs), image, shape));
  return new Map([...found].map(([name, values]) => [name, probabilitiesOf(values)]));
}

async function inPython(
  { safetensors, h5, onnx }: TakenAway,
  { model }: LoadedNetwork,
  image: Float32Array,
  shape: readonly number[],
): Promise<Map<string, readonly number[]>> {
  const traced = traceModel(model, shape);
  await traced.readConstants();
  const { printed } = runScript("read", {
    "model.safetensors": safetensors,
    "model.arch.json": jsonBytes(traced.graph),
    "model.h5": h5,
    "model.onnx": onnx,
    "picture.f32": floatBytes(image),
    "picture.json": jsonBytes([1, ...shape]),
  });
  const endings = ["safetensors", "h5", "onnx"];
  return new Map(endings.map((end) => [`Python, ${end}`, outputsOf(printed, `model.${end}`)]));
}

/** The photo as the network takes it. */
async function imageOf({ input, transform }: LoadedNetwork, photo: Blob): Promise<Float32Array> {
  const set = await data.imageFolder({ photo: [photo] }, models.pictureOptions(input));
  const loader = new data.DataLoader(set, { batchSize: 1, transform });
  for await (const { images } of loader.batches()) return Float32Array.from(await images.data());
  throw new Error("there is no photo");
}

/** Some formats end with the softmax, others before it. */
function probabilitiesOf(values: readonly number[]): readonly number[] {
  const sum = values.reduce((a, b) => a + b, 0);
  if (values.every((value) => value >= 0) && Math.abs(sum - 1) < 1e-3) return values;
  const powers = values.map((value) => Math.exp(value - Math.max(...values)));
  const whole = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / whole);
}
