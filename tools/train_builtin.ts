/**
 * Trains the built-in network on printed letters and writes assets/letters.safetensors:
 * `npm run train-builtin [-- --per-class N --seed N --out FILE]`. Takes minutes, on a software adapter too.
 */
import "../src/node.ts";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { letters } from "../src/data/index.ts";
import { evaluate, finetune } from "../src/finetune/index.ts";
import { saveSafetensors } from "../src/formats/index.ts";
import { currentDevice } from "../src/gpu/index.ts";
import { networkMetadata } from "../src/transfer/index.ts";

const DEFAULT_OUT = fileURLToPath(new URL("../assets/letters.safetensors", import.meta.url));

async function trainBuiltin(perClass: number, seed: number, out: string): Promise<void> {
  const { train, test } = letters({ perClass, testPerClass: 30, seed });
  const data = { name: "letters", train, validation: test };
  // One pass: every picture is drawn once and never seen again.
  const run = finetune({
    ...{ data, seed, arch: "small_vgg", inputConvention: "signed" },
    ...{ epochs: 1, batchSize: 64, lr: 5e-3 },
  });
  for await (const event of run) {
    if (event.type === "step" && event.batch % 50 === 0) {
      console.log(`  step ${event.batch} of ${event.batches}, loss ${event.loss.toFixed(3)}`);
    }
  }
  const { model, network } = await run;
  if (!model) throw new Error("it was stopped");
  const metadata = networkMetadata(network);
  await saveSafetensors(model.stateDict(), { path: out, dtype: "f16", metadata });
  // What counts is the file: half precision has rounded it.
  const tested = { name: "letters", train: test };
  const { accuracy, loss } = await evaluate({ weights: out, data: tested, batchSize: 64 });
  console.log(
    `${out}: ${(100 * accuracy).toFixed(1)} % of ${test.length} letters, loss ${loss.toFixed(3)}`,
  );
  currentDevice().destroy();
}

const { values } = parseArgs({
  options: {
    "per-class": { type: "string", default: "700" },
    seed: { type: "string", default: "0" },
    out: { type: "string", default: DEFAULT_OUT },
  },
});
await trainBuiltin(Number(values["per-class"]), Number(values.seed), values.out);
