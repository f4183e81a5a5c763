import { describe, expect, it, vi } from "vitest";
import source from "../../shaders/layout/fill.wgsl";
import { tensor } from "../../src/autograd/index.ts";
import { currentDevice, Device, launch, linearGrid, specialize } from "../../src/gpu/index.ts";
import {
  addInto,
  allocate,
  download,
  fill,
  init,
  NDArray,
  upload,
} from "../../src/kernels/index.ts";
import { testAdapter } from "../gpu_adapter.ts";
import { profiles } from "../profiles.ts";

describe("launch", () => {
  const kernel = specialize(source);

  it("names missing and unknown tensors", () => {
    const out = allocate([4]);
    expect(() => launch(kernel, {}, { n: 4, value: 0 }, [1, 1, 1])).toThrow();
    expect(() => launch(kernel, { out, extra: out }, { n: 4, value: 0 }, [1, 1, 1])).toThrow(
      "fill: unknown tensor extra",
    );
    out.release();
  });

  it("rejects workgroup counts the adapter can't run", () => {
    const out = allocate([4]);
    expect(() => launch(kernel, { out }, { n: 4, value: 0 }, [65536, 1, 1])).toThrow(
      "fill: workgroup counts 65536×1×1",
    );
    out.release();
  });

  it("names the file and the line where a shader doesn't compile, and shows the line", async () => {
    const broken = source.map(({ name, text }) =>
      name === "lib/grid.wgsl"
        ? { name, text: text.replace("group.id.x +", "group.id +") }
        : { name: "broken.wgsl", text },
    );
    const line = broken[1]!.text.split("\n").findIndex((one) => one.includes("group.id +")) + 1;
    const out = allocate([4]);
    launch(specialize(broken), { out }, { n: 4, value_bits: 0 }, [1, 1, 1]);
    const error: Error = await download(out).then(
      () => new Error("it compiled"),
      (reason) => reason,
    );
    expect(error.message).toMatch(
      new RegExp(`^broken\\.wgsl .* does not compile:\\nlib/grid\\.wgsl:${line}: `),
    );
    expect(error.message).toContain(`${line} |   return group.id + group.id.y`);
    out.release();
    await download(fill([1], 3)).catch(() => {}); // what the GPU says of launching it all the same
    expect([...(await download(fill([1], 3)))]).toEqual([3]);
  });

  it("covers more than 65,535 workgroups", async () => {
    const n = 65535 * 64 + 100;
    expect(linearGrid(n)).toEqual([32769, 2, 1]);
    const values = await download(fill([n], 3));
    expect(values.every((v) => v === 3)).toBe(true);
  });

  it("keeps the order of writes, launches and reads", async () => {
    const array = upload(new Float32Array([1, 2]), [2], "f32");
    const doubled = fill([2], 5);
    array.storage.device.stream.copy(array.storage.buffer, 0, doubled.storage.buffer, 0, 8);
    array.storage.device.stream.write(array.storage.buffer, new Float32Array([7, 8]));
    expect([...(await download(doubled))]).toEqual([1, 2]);
    expect([...(await download(array))]).toEqual([7, 8]);
  });
});

describe("bind groups", () => {
  it("keep every launch's parameters when the cache is emptied in between", async () => {
    const n = 95; // n² pairs are more bind groups than the cache holds
    const sums = Array.from({ length: n }, () => fill([3], 0));
    const terms = Array.from({ length: n }, (_, j) => fill([3], j));
    for (const sum of sums) for (const term of terms) addInto(sum, term);
    const results = await Promise.all(sums.map((sum) => download(sum)));
    for (const values of results) expect([...values]).toEqual(new Array(3).fill((n * (n - 1)) / 2));
  });
});

describe("memory", () => {
  it("reuses what was released and counts what is alive", () => {
    const device = currentDevice();
    const before = device.memory();
    const first = allocate([1000]);
    expect(device.memory().liveBuffers).toBe(before.liveBuffers + 1);
    const { buffer } = first.storage;
    first.release();
    first.release();
    expect(device.memory().liveBuffers).toBe(before.liveBuffers);
    const second = allocate([1000]);
    expect(second.storage.buffer).toBe(buffer);
    second.release();
  });

  it("names the limit when a tensor is too large", () => {
    const limit = currentDevice().limits.maxStorageBufferBindingSize;
    expect(() => allocate([Math.ceil(limit / 4) + 1])).toThrow(
      /needs .* but this adapter's max\w+Size is/,
    );
  });

  it("rejects empty dimensions and too many of them", () => {
    expect(() => allocate([2, 0])).toThrow("shape [2, 0] has a zero dimension");
    expect(() => allocate([1, 1, 1, 1, 1, 1, 1])).toThrow("at most 6 are supported");
  });

  it("is given back before there are more buffers than a driver bears", async () => {
    const device = currentDevice();
    let most = 0;
    for (let round = 0; round < 40; round++) {
      await (() => {
        const dropped = Array.from({ length: 1000 }, (_, i) => tensor([i]));
        most = Math.max(most, device.memory().liveBuffers);
        return dropped[round]!.data();
      })();
    }
    expect(most).toBeLessThan(20_000);
  });

  it("has a limit that is said where all of it is held", () => {
    const { gpu, info } = currentDevice();
    const device = new Device(gpu, info, profiles.lavapipe);
    const one = device.acquire(4);
    vi.spyOn(gpu, "createBuffer").mockReturnValue(one);
    const hold = () => {
      for (;;) device.acquire(4);
    };
    expect(hold).toThrow(/there are 30000 tensors with memory of their own.*dispose\(\)/);
    vi.restoreAllMocks();
    one.destroy();
  });

  it("shares memory by reference count", () => {
    const array = allocate([6]);
    const view = array.share([2, 3]);
    array.release();
    expect(view.storage.alive).toBe(true);
    expect(view).toBeInstanceOf(NDArray);
    view.release();
    expect(view.storage.alive).toBe(false);
  });
});

describe("taking a device", () => {
  it("twice at once gives one", async () => {
    const before = currentDevice();
    const adapter = await testAdapter();
    await init({ adapter });
    currentDevice().destroy();
    const [a, b] = await Promise.all([init(), init()]);
    expect(a).toBe(b);
    expect(currentDevice()).toBe(a);
    expect(before).not.toBe(a);
  });
});
