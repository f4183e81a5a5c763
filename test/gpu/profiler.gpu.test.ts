import { afterEach, describe, expect, it } from "vitest";
import { capture, F, randn, type Tensor } from "../../src/autograd/index.ts";
import { currentDevice, Profiler } from "../../src/gpu/index.ts";

afterEach(() => {
  currentDevice().profiler = null;
});

const product = (x: Tensor) => F.relu(F.matmul(x, x));

describe("Profiler", () => {
  it("counts launches and bytes, eager and replayed, and times them where it can", async () => {
    const device = currentDevice();
    const x = randn([64, 64]);
    const expected = await product(x).data();
    const step = capture(product);
    await step(x).data();
    const profiler = new Profiler();
    device.profiler = profiler;
    expect(await product(x).data()).toEqual(expected);
    for (let i = 0; i < 3; i++) step(x);
    expect(await step(x).data()).toEqual(expected);
    await profiler.settle();
    const relu = profiler.rows().find(({ kernel }) => kernel === "unary")!;
    expect(relu).toMatchObject({ launches: 5, bytes: 5 * 2 * 64 * 64 * 4 });
    const matmul = profiler.rows().find(({ kernel }) => kernel.startsWith("matmul"))!;
    expect(matmul.launches).toBe(5);
    const { launches, milliseconds } = profiler.totals();
    expect(launches).toBe(profiler.rows().reduce((sum, row) => sum + row.launches, 0));
    if (device.features.has("timestamp-query")) expect(milliseconds).toBeGreaterThan(0);
    else expect(milliseconds).toBeNull();
    step.dispose();
  });

  it("times more launches than fit one set of timestamps", async () => {
    const device = currentDevice();
    const x = randn([4]);
    const step = capture((y: Tensor) => {
      let z = y;
      for (let i = 0; i < 2100; i++) z = z.add(1);
      return z;
    });
    const expected = await step(x).data();
    const profiler = new Profiler();
    device.profiler = profiler;
    expect(await step(x).data()).toEqual(expected);
    await profiler.settle();
    expect(profiler.totals().launches).toBe(2100);
    step.dispose();
  });

  it("only counts when told so", async () => {
    const device = currentDevice();
    const profiler = new Profiler({ timestamps: false });
    device.profiler = profiler;
    const { submits } = device.stream;
    await product(randn([8, 8])).data();
    expect(device.stream.submits).toBe(submits + 1);
    expect(profiler.totals()).toMatchObject({ milliseconds: null });
    expect(profiler.totals().launches).toBeGreaterThan(2);
  });
});
