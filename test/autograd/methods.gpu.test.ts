import { describe, expect, it } from "vitest";
import { F, type Tensor, tensor } from "../../src/autograd/index.ts";

const x = () =>
  tensor([
    [1, -2, 3],
    [-4, 5, -6],
  ]);
const positive = () =>
  tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);

const CASES: readonly (readonly [string, () => Tensor, () => Tensor])[] = [
  ["add", () => x().add(2), () => F.add(x(), 2)],
  ["sub", () => x().sub(positive()), () => F.sub(x(), positive())],
  ["mul", () => x().mul(positive()), () => F.mul(x(), positive())],
  ["div", () => x().div(positive()), () => F.div(x(), positive())],
  ["pow", () => x().pow(3), () => F.pow(x(), 3)],
  ["neg", () => x().neg(), () => F.neg(x())],
  ["exp", () => x().exp(), () => F.exp(x())],
  ["log", () => positive().log(), () => F.log(positive())],
  ["sqrt", () => positive().sqrt(), () => F.sqrt(positive())],
  ["abs", () => x().abs(), () => F.abs(x())],
  ["square", () => x().square(), () => F.square(x())],
  ["clamp", () => x().clamp(-1, 2), () => F.clamp(x(), -1, 2)],
  ["clamp from above", () => x().clamp(null, 2), () => F.clamp(x(), null, 2)],
  ["maximum", () => x().maximum(0), () => F.maximum(x(), 0)],
  ["minimum", () => x().minimum(positive()), () => F.minimum(x(), positive())],
  ["eq", () => x().eq(3), () => F.eq(x(), 3)],
  ["gt", () => x().gt(positive()), () => F.gt(x(), positive())],
  ["sum", () => x().sum(0, true), () => F.sum(x(), 0, true)],
  ["mean", () => x().mean(), () => F.mean(x())],
  ["amax", () => x().amax([0, 1]), () => F.amax(x(), [0, 1])],
  ["amin", () => x().amin(1), () => F.amin(x(), 1)],
  ["max", () => x().max(), () => F.max(x())],
  ["max along", () => x().max(1).values, () => F.max(x(), 1).values],
  ["min along", () => x().min(0, true).indices, () => F.min(x(), 0, true).indices],
  ["argmax", () => x().argmax(1), () => F.argmax(x(), 1)],
  ["argmin", () => x().argmin(), () => F.argmin(x())],
  [
    "matmul",
    () => x().matmul(positive().transpose(0, 1)),
    () => F.matmul(x(), F.transpose(positive(), 0, 1)),
  ],
  ["reshape", () => x().reshape([3, -1]), () => F.reshape(x(), [3, 2])],
  ["reshape, sizes in line", () => x().reshape(3, -1), () => F.reshape(x(), [3, 2])],
  ["permute, dimensions in line", () => x().permute(1, 0), () => F.permute(x(), [1, 0])],
  ["expand, sizes in line", () => x().expand(2, -1, -1), () => F.stack([x(), x()])],
  ["permute", () => x().permute([1, 0]), () => F.permute(x(), [1, 0])],
  ["squeeze", () => x().unsqueeze(1).squeeze(1), () => F.squeeze(F.unsqueeze(x(), 1))],
  ["expand", () => x().unsqueeze(0).expand([2, -1, -1]), () => F.stack([x(), x()])],
  ["narrow", () => x().narrow(1, 1, 2), () => F.narrow(x(), 1, 1, 2)],
  ["flatten", () => x().flatten(), () => F.flatten(x())],
  ["indexSelect", () => x().indexSelect(1, [2, 0]), () => F.indexSelect(x(), 1, [2, 0])],
  ["to", () => x().to("i32").to("f32"), () => x()],
];

describe("methods do what the functions of F do", () => {
  it.each(CASES)("%s", async (_, method, fn) => {
    const [got, expected] = [method(), fn()];
    expect(got.shape).toEqual(expected.shape);
    expect(got.dtype).toBe(expected.dtype);
    expect(await got.data()).toEqual(await expected.data());
  });

  it("chain, with gradients", async () => {
    const w = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { requiresGrad: true },
    );
    const loss = w
      .transpose(0, 1)
      .matmul(tensor([1, -1]))
      .clamp(-10, 10)
      .square()
      .mean();
    loss.backward();
    expect(await loss.item()).toBe(4);
    expect(await w.grad!.data()).toEqual(new Float32Array([-2, -2, 2, 2]));
  });

  it("are not enumerable members of a tensor", () => {
    expect(Object.keys(x())).not.toContain("add");
    expect(x().toString()).toBe("Tensor([2, 3], f32)");
  });
});

describe("F", () => {
  it("computes variances like PyTorch: unbiased unless told otherwise", async () => {
    expect(await F.var(tensor([1, 2, 3, 4])).item()).toBeCloseTo(5 / 3, 6);
    expect(await F.std(tensor([1, 3]), 0, { correction: 0 }).item()).toBe(1);
  });

  it("joins and pads", async () => {
    const joined = F.concat([x(), positive()], 0);
    expect(joined.shape).toEqual([4, 3]);
    expect(await F.pad(tensor([1, 2]), [1, 0], { mode: "replicate" }).data()).toEqual(
      new Float32Array([1, 1, 2]),
    );
  });
});
