/**
 * Trains the built-in network on printed letters and writes assets/letters.safetensors:
 * `npm run train-builtin [-- --per-class N --seed N --out FILE]`. Takes minutes, on a software adapter too.
 */
import "../src/node.ts";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { manualSeed } from "../src/autograd/index.ts";
import { infoMetadata, type NetworkInfo } from "../src/cli/info.ts";
import { inputTransforms } from "../src/cli/input.ts";
import { createNetwork, loadAll } from "../src/cli/network.ts";
import { Output } from "../src/cli/output.ts";
import { runFit, trainerOptions } from "../src/cli/training.ts";
import { letters } from "../src/data/index.ts";
import { loadWeights, saveSafetensors } from "../src/formats/index.ts";
import { init } from "../src/kernels/index.ts";
import { CONVENTIONS } from "../src/models/index.ts";
import { Trainer } from "../src/train/index.ts";

const DEFAULT_OUT = fileURLToPath(new URL("../assets/letters.safetensors", import.meta.url));

async function trainBuiltin(perClass: number, seed: number, out: string): Promise<void> {
  const output = new Output();
  const device = await init();
  const { train, test } = letters({ perClass, testPerClass: 30, seed });
  const input = {
    channels: 3,
    size: 32,
    convention: CONVENTIONS.signed,
    resize: "stretch",
  } as const;
  const info: NetworkInfo = {
    architecture: "small_vgg",
    top: "linear",
    input,
    classes: train.classes,
  };
  manualSeed(seed);
  const model = createNetwork(info);
  const transform = inputTransforms({ channels: 3, size: 32, toBytes: [] }, input);
  const batchSize = 64;
  // One pass: every picture is drawn once and never seen again.
  const settings = {
    optimizer: "adam",
    schedule: "onecycle",
    lr: 5e-3,
    weightDecay: 0,
    epochs: 1,
    batchSize,
    seed,
  } as const;
  const trainer = new Trainer(trainerOptions(model, train.length, settings));
  const options = { epochs: 1, batchSize, transform, shuffle: false };
  await runFit(trainer, train, options, output.progress("letters"));
  await saveSafetensors(model.stateDict(), {
    path: out,
    dtype: "f16",
    metadata: infoMetadata(info),
  });
  // What counts is the file: half precision has rounded it.
  loadAll(model, await loadWeights(out), out);
  const { accuracy, loss } = await trainer.evaluate(test, { batchSize, transform });
  console.log(
    `${out}: ${(100 * accuracy).toFixed(1)} % of ${test.length} letters, loss ${loss.toFixed(3)}`,
  );
  device.destroy();
}

const { values } = parseArgs({
  options: {
    "per-class": { type: "string", default: "700" },
    seed: { type: "string", default: "0" },
    out: { type: "string", default: DEFAULT_OUT },
  },
});
await trainBuiltin(Number(values["per-class"]), Number(values.seed), values.out);
