import { describe, expect, it } from "vitest";
import type { Tensor } from "../../src/autograd/index.ts";
import { DataLoader, fromArrays, transforms } from "../../src/data/index.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { sorted, upTo } from "./toy_dataset.ts";

const device = currentDevice();

const labels = upTo(10).map((i) => i % 3);
const bytes = fromArrays(Uint8Array.from(upTo(40)), [1, 2, 2], labels);
const floats = fromArrays(
  Float32Array.from(upTo(40), (v) => v / 4),
  [1, 2, 2],
  labels,
);

async function epoch(loader: DataLoader): Promise<{ images: number[][]; labels: number[][] }> {
  const seen: { images: number[][]; labels: number[][] } = { images: [], labels: [] };
  for await (const [images, targets] of loader) {
    seen.images.push([...(await images.data())]);
    seen.labels.push([...(await targets.data())]);
  }
  return seen;
}

describe("DataLoader", () => {
  it("yields images as floats and labels as i32, the last batch smaller", async () => {
    const loader = new DataLoader(bytes, { batchSize: 4 });
    expect(loader.length).toBe(3);
    const shapes: unknown[] = [];
    for await (const [images, targets] of loader) {
      shapes.push([images.shape, images.dtype, targets.shape, targets.dtype]);
    }
    expect(shapes).toEqual([4, 4, 2].map((n) => [[n, 1, 2, 2], "f32", [n], "i32"]));
    const seen = await epoch(loader);
    expect(seen.images.flat()).toEqual(upTo(40));
    expect(seen.labels.flat()).toEqual(labels);
    expect((await epoch(new DataLoader(floats, { batchSize: 3 }))).images[1]).toEqual(
      upTo(12).map((i) => (12 + i) / 4),
    );
  });

  it("shuffles images together with their labels, anew each epoch", async () => {
    const loader = new DataLoader(bytes, { batchSize: 4, shuffle: true, seed: 3 });
    const first = await epoch(loader);
    const second = await epoch(loader);
    expect(sorted(first.images.flat())).toEqual(upTo(40));
    expect(second).not.toEqual(first);
    const flat = first.images.flat();
    expect(first.labels.flat()).toEqual(upTo(10).map((i) => labels[flat[4 * i] / 4]));
    loader.setEpoch(0);
    expect(await epoch(loader)).toEqual(first);
  });

  it("augments each image alike whatever the batch size", async () => {
    const transform = [transforms.randomFlip(), transforms.randomCrop(2, { padding: 1 })];
    const run = async (batchSize: number, seed = 1) => {
      const loader = new DataLoader(bytes, { batchSize, transform, seed });
      return (await epoch(loader)).images.flat();
    };
    const expected = await run(10);
    expect(await run(3)).toEqual(expected);
    expect(await run(10, 2)).not.toEqual(expected);
  });

  it("frees each batch when the next is asked for, and the last one too", async () => {
    const transform = [transforms.resize(5), transforms.resize(3), (images: Tensor) => images];
    const loader = new DataLoader(bytes, { batchSize: 2, transform });
    await epoch(loader);
    const before = device.memory().liveBuffers;
    const live = new Set<number>();
    let previous: Tensor | null = null;
    let kept: Tensor | null = null;
    for await (const [images, targets] of loader) {
      expect(previous?.disposed ?? true).toBe(true);
      live.add(device.memory().liveBuffers - before - (kept ? 1 : 0));
      kept ??= targets.detach();
      previous = images;
    }
    expect([...live]).toEqual([2]); // images and labels, nothing in between
    expect([...((await kept?.data()) ?? [])]).toEqual([0, 1]);
    kept?.dispose();
    expect(device.memory().liveBuffers).toBe(before);
  });

  it("leaves the batch at which the loop broke off", async () => {
    let last: Tensor | null = null;
    for await (const [images] of new DataLoader(bytes, { batchSize: 2 })) {
      last = images;
      break;
    }
    expect([...((await last?.data()) ?? [])]).toEqual(upTo(8));
  });

  it("takes up an epoch in the middle, with the same order and augmentation", async () => {
    const transform = [transforms.randomFlip(), transforms.rescale()];
    const make = () => new DataLoader(bytes, { batchSize: 3, shuffle: true, seed: 2, transform });
    const whole: unknown[] = [];
    for await (const batch of make().batches()) {
      whole.push([[...(await batch.images.data())], [...batch.targets], [...batch.indices]]);
    }
    const rest: unknown[] = [];
    for await (const batch of make().batches(2)) {
      rest.push([[...(await batch.images.data())], [...batch.targets], [...batch.indices]]);
    }
    expect(rest).toEqual(whole.slice(2));
    for await (const _ of make().batches(4)) expect.unreachable();
  });

  it("offers its transform without the random parts", () => {
    const transform = [transforms.randomFlip(), transforms.rescale()];
    expect(new DataLoader(bytes, { transform }).evalTransform).toEqual([transform[1]]);
    expect(new DataLoader(bytes).evalTransform).toEqual([]);
  });
});
