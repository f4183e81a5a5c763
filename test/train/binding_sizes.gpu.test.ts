// WebGPU promises bindings of 128 MiB and no more.
import { afterAll, expect, it } from "vitest";
import { backward } from "../../src/autograd/index.ts";
import { Device } from "../../src/gpu/index.ts";
import { Recorder } from "../../src/gpu/replay/recorder.ts";
import { estimateMemory, F, models, optim, type Tensor, transfer, zeros } from "../../src/index.ts";
import { gpuProfile, leastDevice, onDevice } from "../profiles.ts";

const PROMISED = 2 ** 27;

function photoNetwork() {
  const model = models.vgg16({ includeTop: false, inputSize: 224 });
  transfer.replaceHead(model, 5);
  return model;
}

/** The largest binding of a step of VGG-16, all layers, on eight pictures of 224 × 224; nothing is computed. */
function largestBinding(): number {
  const recorder = new Recorder();
  recorder.record(() => {
    const model = photoNetwork();
    const optimizer = new optim.Adam(model.parameters());
    const images = zeros([8, 3, 224, 224]);
    const labels = zeros([8], { dtype: "i32" });
    backward(F.crossEntropy(model.forward(images) as Tensor, labels));
    optimizer.step();
  });
  expect(recorder.launches.length).toBeGreaterThan(100);
  return Math.max(
    ...recorder.launches.flatMap(({ storages }) => storages.map(({ bytes }) => bytes)),
  );
}

const device = await leastDevice();
afterAll(() => device.destroy());

const kinds: [string, Device][] = [
  ["a processor", device],
  ["a GPU", new Device(device.gpu, device.info, gpuProfile(device))],
];
it.each(kinds)("VGG-16 on eight photos binds no more, with kernels for %s", async (_, at) => {
  const largest = await onDevice(at, largestBinding);
  expect(largest).toBeGreaterThanOrEqual(4 * 8 * 64 * 224 * 224); // a map of the first block
  expect(largest).toBeLessThanOrEqual(PROMISED);
});

it("what is larger itself is refused before any step: a weight with its network, a map with its batch", () =>
  onDevice(device, () => {
    expect(() => models.vgg16()).toThrow(
      /needs 392\.0 MiB, but this adapter's max\w+ is 128\.0 MiB: .*includeTop: false/,
    );
    const model = photoNetwork();
    expect(() => estimateMemory(model, [3, 224, 224], { batchSize: 16 })).toThrow(
      /use a smaller batch/,
    );
    expect(estimateMemory(model, [3, 224, 224], { batchSize: 8 }).step).toBeGreaterThan(2 ** 29);
  }));
