import { expect, it } from "vitest";
import { arrange, currentDevice, Profiler, Recorder } from "../../src/gpu/index.ts";
import { capture, F, nn, noGrad, type Tensor, tensor } from "../../src/index.ts";

const device = currentDevice();
const ramp = (shape: number[], step: number) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * step)),
    { shape },
  );

function frozen() {
  const model = new nn.Sequential(
    new nn.Conv2d(16, 32, 3, { padding: 1, bias: false }),
    new nn.BatchNorm2d(32),
    new nn.ReLU(),
    new nn.Conv2d(32, 32, 3, { padding: 1 }),
  );
  model.requiresGrad_(false);
  return model;
}

const close = async (a: Tensor, b: Tensor) => {
  const expected = await b.data();
  (await a.data()).forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-4 * (1 + Math.abs(expected[i]!) / 100));
  });
};

it("computes what depends on frozen weights alone once", async () => {
  const model = frozen();
  const x = ramp([4, 16, 16, 16], 0.7);
  const step = capture((input: Tensor) => noGrad(() => model.forward(input)));
  step(x);
  const before = device.stream.dispatches;
  step(x);
  const replayed = device.stream.dispatches - before;
  expect(step.launches - replayed).toBeGreaterThanOrEqual(1); // the folded batch norm
  await close(
    step(x),
    noGrad(() => model.forward(x)),
  );
});

it("computes it again when the weights changed all the same", async () => {
  const model = frozen();
  const x = ramp([4, 16, 16, 16], 0.7);
  const step = capture((input: Tensor) => noGrad(() => model.forward(input)));
  step(x);
  const dict = Object.fromEntries(
    Object.entries(model.stateDict()).map(([name, { shape }]) => [
      name,
      ramp([...shape], 0.3).abs(),
    ]),
  );
  model.loadStateDict(dict);
  await close(
    step(x),
    noGrad(() => model.forward(x)),
  );
});

it("does not keep what takes more memory than the weights it comes from", () => {
  const conv = new nn.Conv2d(64, 64, 3, { padding: 1 });
  conv.requiresGrad_(false);
  const x = ramp([4, 64, 16, 16], 0.7);
  const step = capture((input: Tensor) => noGrad(() => conv.forward(input)));
  device.profiler = new Profiler({ timestamps: false });
  try {
    step(x);
    const before = device.stream.dispatches;
    step(x);
    expect(device.stream.dispatches - before).toBe(step.launches);
    const names = device.profiler.rows().map(({ kernel }) => kernel);
    expect(names).toContain("winograd_filter"); // which makes more of the weights than they are
  } finally {
    device.profiler = null;
  }
});

it("leaves trained weights where they are in the order", () => {
  const conv = new nn.Conv2d(16, 32, 3, { padding: 1 });
  const x = ramp([4, 16, 16, 16], 0.7);
  const recorder = new Recorder(new Set([x.array.storage]));
  recorder.record(() => noGrad(() => F.relu(conv.forward(x))));
  const { fixed, launches } = arrange(recorder);
  expect(fixed).toBe(0);
  expect(launches).toBe(recorder.launches);
  recorder.externals.release();
});
