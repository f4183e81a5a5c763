import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { capture, ones, randn, Tensor, tensor } from "../../src/autograd/index.ts";
import { tensorText } from "../../src/autograd/print.ts";

describe("a tensor in the console", () => {
  it("shows the values that it was made of", () => {
    const matrix = [
      [1.5, 2],
      [0.1, -3],
    ];
    expect(inspect(tensor(matrix, { requiresGrad: true }))).toBe(
      "Tensor([2, 2], f32, requiresGrad) [ [ 1.5, 2 ], [ 0.1, -3 ] ]",
    );
    expect(inspect(tensor(7))).toBe("Tensor([], f32) 7");
    expect(inspect([tensor(Int32Array.of(2147483647))])).toBe(
      "[ Tensor([1], i32) [ 2147483647 ] ]",
    );
  });

  it("shows values that were read, until they change", async () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const y = w.mul(2);
    expect(inspect(y)).toBe("Tensor([2], f32, requiresGrad) by mul (await print())");
    await y.data();
    expect(inspect(y)).toBe("Tensor([2], f32, requiresGrad) by mul [ 2, 4 ]");
    w.replaceArray(tensor([5, 6, 7]).array.share());
    expect(inspect(w)).toBe("Tensor([3], f32, requiresGrad) (await print())");
    const step = capture((x: Tensor) => x.add(1));
    const out = step(ones([2]));
    await out.data();
    expect(inspect(out)).toBe("Tensor([2], f32) [ 2, 2 ]");
    step(tensor([4, 5]));
    expect(inspect(out)).toBe("Tensor([2], f32) (await print())");
  });

  it("keeps no copies of large ones", async () => {
    const large = randn([1001]);
    await large.data();
    expect(inspect(large)).toBe("Tensor([1001], f32) (await print())");
  });

  it("prints", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    await tensor([1, 2], { requiresGrad: true }).mul(1).print();
    expect(log).toHaveBeenCalledWith("Tensor([1., 2.], [2], f32, requiresGrad)");
    log.mockRestore();
  });
});

describe("values are written as PyTorch writes them", () => {
  const text = (values: number[], shape = [values.length]) =>
    tensorText(Float32Array.from(values), shape, "Tensor(f32)").replace(", f32)", ")");

  it.each([
    [[1.5, 2, -3], "Tensor([ 1.5000,  2.0000, -3.0000])"],
    [[1, 2, 3000], "Tensor([1.0000e+00, 2.0000e+00, 3.0000e+03])"],
    [[1, 20], "Tensor([ 1., 20.])"],
    [[1.5, 20000], "Tensor([1.5000e+00, 2.0000e+04])"],
    [[0.1, 1e-5], "Tensor([1.0000e-01, 1.0000e-05])"],
    [[0.001, 0.5], "Tensor([0.0010, 0.5000])"],
    [[Number.NaN, 1, Number.POSITIVE_INFINITY, -2], "Tensor([nan,  1., inf, -2.])"],
    [[-1.5, Number.NaN], "Tensor([-1.5000,     nan])"],
    [[0, -0], "Tensor([0., -0.])".replace("0., -", " 0., -")],
  ])("%j", (values, expected) => {
    expect(text(values)).toBe(expected);
  });

  it("scalars, blocks and integers", () => {
    expect(text([2.34567], [])).toBe("Tensor(2.3457)");
    const halves = Array.from({ length: 12 }, (_, i) => i + 0.5);
    expect(text(halves, [2, 2, 3])).toBe(
      [
        "Tensor([[[ 0.5000,  1.5000,  2.5000],",
        "         [ 3.5000,  4.5000,  5.5000]],",
        "",
        "        [[ 6.5000,  7.5000,  8.5000],",
        "         [ 9.5000, 10.5000, 11.5000]]])",
      ].join("\n"),
    );
    const whole = Int32Array.from({ length: 40 }, (_, i) => i);
    expect(tensorText(whole, [40], "Tensor(i32)")).toBe(
      [
        "Tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,",
        "        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,",
        "        36, 37, 38, 39], i32)",
      ].join("\n"),
    );
  });

  it("the edges of what is large", () => {
    const many = Array.from({ length: 1200 }, (_, i) => (i % 7) + 0.5);
    expect(text(many, [10, 120])).toBe(
      [
        "Tensor([[0.5000, 1.5000, 2.5000,  ..., 5.5000, 6.5000, 0.5000],",
        "        [1.5000, 2.5000, 3.5000,  ..., 6.5000, 0.5000, 1.5000],",
        "        [2.5000, 3.5000, 4.5000,  ..., 0.5000, 1.5000, 2.5000],",
        "        ...,",
        "        [0.5000, 1.5000, 2.5000,  ..., 5.5000, 6.5000, 0.5000],",
        "        [1.5000, 2.5000, 3.5000,  ..., 6.5000, 0.5000, 1.5000],",
        "        [2.5000, 3.5000, 4.5000,  ..., 0.5000, 1.5000, 2.5000]])",
      ].join("\n"),
    );
  });
});

describe("PyTorch's methods that tensors don't have", () => {
  const call = (name: string) => () => {
    const x = tensor([1]);
    return Reflect.get(x, name).call(x);
  };

  it.each([
    ["view", "tensor.view() isn't there: tensor.reshape()"],
    ["cuda", "tensor.cuda() isn't there: nothing to do"],
    ["numpy", "tensor.numpy() isn't there: await tensor.data()"],
    ["topk", "tensor.topk() isn't there: F.topk(tensor)"],
    ["scatter", "tensor.scatter() isn't there: F.scatter(tensor)"],
    ["repeat", "tensor.repeat() isn't there: tensor.expand() or F.concat()"],
    ["unsqueeze_", "tensor.unsqueeze_() isn't there: tensors don't change; x = x.add(y)"],
  ])("%s names what there is", (name, text) => {
    expect(call(name)).toThrow(text);
  });

  it("are found by nobody who looks for something else", async () => {
    const x = tensor([1]);
    expect(Reflect.get(x, "then")).toBeUndefined();
    expect(Reflect.get(x, "toJSON")).toBeUndefined();
    expect(await x).toBe(x);
    for (const name in x) expect(name).toBe("gradientSum");
    expect(Object.keys(Tensor.prototype)).toEqual([]);
  });
});
