// The studio's worker after the GPU was lost while nobody used it: it answers as before, without a reload of the page.
import { readFileSync } from "node:fs";
import sharp from "sharp";
import { beforeEach, expect, it } from "vitest";
import { estimate, inspect } from "../../demos/studio/worker/inspect.ts";
import { measure } from "../../demos/studio/worker/measure.ts";
import { predict } from "../../demos/studio/worker/predict.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { init } from "../../src/index.ts";
import { againIfLost } from "../../src/train/index.ts";

const letters = new Uint8Array(readFileSync("assets/letters.safetensors"));

beforeEach(async () => {
  await init(); // the last test may have left a lost one
});

it("a trained network predicts, whether its loss was noticed yet or not", async () => {
  const create = { width: 32, height: 32, channels: 3, background: "#c21" } as const;
  const picture = new Blob([new Uint8Array(await sharp({ create }).png().toBuffer())]);
  const ask = { run: "first", network: new Blob([letters]), pictures: [picture] };
  const [expected] = await predict(ask);
  expect(expected).toHaveLength(37);
  const device = currentDevice();
  device.gpu.destroy();
  expect(await againIfLost(() => predict(ask))).toEqual([expected]);
  currentDevice().gpu.destroy();
  await currentDevice().lost;
  expect(await predict(ask)).toEqual([expected]);
  expect(currentDevice()).not.toBe(device);
});

it("a network that was looked at is measured", async () => {
  await inspect({ weights: [new File([letters], "letters.safetensors")] });
  const choice = { train: { kind: "head" }, batchSize: 2 } as const;
  const memory = await estimate(choice);
  expect(memory.asChosen).toBeGreaterThan(0);
  currentDevice().gpu.destroy();
  await currentDevice().lost;
  expect(await estimate(choice)).toEqual(memory);
  const times = await measure({ ...choice, augment: true }, () => true);
  expect(times?.asChosen).toBeGreaterThan(0);
});
