import { expect, it } from "vitest";
import { Recorder } from "../../src/gpu/index.ts";
import { F, nn, noGrad, type Tensor, tensor } from "../../src/index.ts";

const input = () =>
  tensor(
    Float32Array.from({ length: 8 * 64 * 32 * 32 }, (_, i) => Math.sin(i * 0.7)),
    { shape: [8, 64, 32, 32] },
  );

/** The output tile of the forward pass by Winograd's method, from the kernels' names. */
function tileOf(run: () => Tensor): string | undefined {
  const recorder = new Recorder();
  recorder.record(run);
  const transform = recorder.launches.find(({ kernel }) => kernel.name === "winograd_output");
  recorder.externals.release();
  return /\bM=(\d)/.exec(transform?.kernel.key ?? "")?.[1];
}

it("takes the larger tile where a training step differentiates nothing, and only there", () => {
  const conv = new nn.Conv2d(64, 64, 3, { padding: 1 });
  const x = input();
  expect(tileOf(() => conv.forward(x))).toBe("2");
  conv.requiresGrad_(false);
  expect(tileOf(() => conv.forward(x))).toBe("4");
  expect(tileOf(() => noGrad(() => conv.forward(x)))).toBe("2");
});

it("gives frozen layers the numbers that they have in evaluation", async () => {
  const conv = new nn.Conv2d(64, 64, 3, { padding: 1 });
  conv.requiresGrad_(false);
  const x = input();
  const training = await F.relu(conv.forward(x)).data();
  const evaluation = await noGrad(() => F.relu(conv.forward(x))).data();
  const differences = Array.from(evaluation, (value, i) => Math.abs(value - training[i]!));
  expect(differences.reduce((most, n) => Math.max(most, n), 0)).toBeLessThan(1e-4);
});
