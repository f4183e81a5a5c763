/** Ops and kernels of the user's own. */
import { describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { capture, F, formats, nn, ops, optim, type Tensor, tensor } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

/** out[i] = scale · x[i]² and its derivative, where `what` is the formula. */
const squareKernel = (name: string, inputs: Record<string, "f32">, formula: string) =>
  ops.defineKernel({
    name,
    inputs,
    outputs: { out: "f32" },
    params: { n: "u32", scale: "f32" },
    code: `@compute @workgroup_size(64)
      fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
        let i = id.y * groups.x * 64u + id.x;
        if (i < params.n) { out[i] = params.scale * ${formula}; }
      }`,
  });
const forward = squareKernel("square", { x: "f32" }, "x[i] * x[i]");
const backward = squareKernel("square_grad", { x: "f32", dy: "f32" }, "2.0 * x[i] * dy[i]");

function run(kernel: ops.OwnKernel, arrays: Record<string, ops.NDArray>, scale: () => number) {
  const out = ops.allocate(arrays.x.shape);
  const numbers = () => ({ n: out.size, scale: scale() });
  ops.launch(kernel, { ...arrays, out }, numbers, ops.linearGrid(out.size));
  return out;
}

const scaledSquare = ops.defineOp<{ scale: () => number }>("scaledSquare", ([x], { scale }) => ({
  out: run(forward, { x }, scale),
  grads: [ops.saving([x], (dy) => run(backward, { x, dy }, scale))],
}));

/** An op that applies `kernel` to one tensor, with `grad` as its rule. */
const opOf = (kernel: ops.OwnKernel, grad: ops.GradRule["grad"] | null = null) =>
  ops.defineOp("own", ([x]) => ({
    out: run(kernel, { x }, () => 1),
    grads: [grad && ops.saving([], grad)],
  }));

const values = async (of: Tensor | null) => [...(await of!.data())];

describe("an op of one's own", () => {
  it("computes, and has its gradient", async () => {
    const x = tensor([1, -2, 3], { requiresGrad: true });
    const y = scaledSquare([x], { scale: () => 2 });
    expect(await values(y)).toEqual([2, 8, 18]);
    y.mul(tensor([1, 10, 100]))
      .sum()
      .backward();
    expect(await values(x.grad)).toEqual([4, -80, 1200]);
  });

  it("fills more workgroups than a dimension holds", async () => {
    const n = 65_535 * 64 + 100;
    const y = scaledSquare([F.pad(tensor([3]), [n - 1, 0])], { scale: () => 1 });
    expect(await y.sum().item()).toBe(9);
    expect((await y.data()).at(-1)).toBe(9);
  });

  it("needs no gradient of what is frozen", async () => {
    const y = scaledSquare([tensor([1, 2])], { scale: () => 1 });
    expect(y.requiresGrad).toBe(false);
  });

  it("is asked again for what changes from step to step, when captured", async () => {
    let scale = 1;
    const x = tensor([1, 2], { requiresGrad: true });
    const step = capture((input: Tensor) => {
      x.grad = null;
      const y = scaledSquare([x.mul(input)], { scale: () => scale }).sum();
      y.backward();
      return y;
    });
    expect(await step(tensor([1, 1])).item()).toBe(5);
    scale = 10;
    expect(await step(tensor([1, 3])).item()).toBe(370);
    expect(await values(x.grad)).toEqual([20, 360]);
  });

  it("trains in a layer, and is named where a file can't hold it", async () => {
    class Square extends nn.Module {
      forward(input: Tensor): Tensor {
        return scaledSquare([input], { scale: () => 1 });
      }
    }
    const model = new nn.Sequential(new nn.Conv2d(1, 1, 1, { bias: false }), new Square());
    const [weight] = model.parameters();
    nn.init.constant_(weight, 1);
    const optimizer = new optim.SGD([weight], { lr: 0.005 });
    const step = capture((x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = F.mseLoss(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    });
    const [x, y] = [tensor([[[[1, 2]]]]), tensor([[[[4, 16]]]])]; // (2x)²
    for (let i = 0; i < 60; i++) step(x, y);
    expect(await values(weight)).toEqual([expect.closeTo(2, 4)]);
    await expect(formats.saveOnnx(model, { inputShape: [1, 1, 2] })).rejects.toThrow(
      /scaledSquare/,
    );
  });

  it("can't have the name of one of the library's", () => {
    expect(() => ops.defineOp("relu", mistyped(null))).toThrow(
      'defineOp: the library has an op "relu" of its own',
    );
  });

  it("is told what its definition lacks", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const bad = (definition: unknown) => () => ops.defineOp("own", mistyped(definition))([x]);
    expect(bad(() => undefined)).toThrow("own: its definition must give { out, grads }");
    expect(bad(([array]: ops.NDArray[]) => ({ out: array, grads: [] }))).toThrow(
      "own: grads must have a rule, or null, for each of its 1 inputs",
    );
  });

  it("is told of a gradient of another shape", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const y = opOf(forward, () => ops.allocate([3]))([x]);
    expect(() => y.sum().backward()).toThrow("own: the gradient of input 0 is [3], the input [2]");
  });
});

describe("a kernel of one's own", () => {
  const define = (spec: object) => () =>
    ops.defineKernel(
      mistyped({ name: "k", outputs: { out: "f32" }, code: "fn main() {}", ...spec }),
    );

  it.each([
    [{ name: "" }, "defineKernel: the name must be a text"],
    [{ outputs: {} }, "defineKernel: k: it has no outputs"],
    [{ outputs: { out: "f64" } }, 'defineKernel: k: out is "f64"; it must be f32, i32, u32, f16'],
    [{ inputs: { "a b": "f32" } }, 'defineKernel: k: "a b" can\'t be a name'],
    [{ inputs: { out: "f32" } }, "defineKernel: k: out is among inputs and outputs"],
    [{ params: { n: "f16" } }, 'the parameter n is "f16"; it must be f32, u32, i32'],
    [{ code: "fn run() {}" }, 'defineKernel: k: the code has no entry point "main"'],
    [{ code: "@group(0) @binding(0) fn main() {}" }, "the code binds something itself"],
    [{ tensors: {} }, 'defineKernel: unknown option "tensors"'],
  ])("can't be %o", (spec, error) => {
    expect(define(spec)).toThrow(error);
  });

  it("is launched with what it takes", () => {
    const { array } = tensor([1, 2]);
    const integers = tensor(new Int32Array([1, 2])).array;
    const launch =
      (arrays: object, params: object = { n: 2, scale: 1 }) =>
      () =>
        ops.launch(forward, mistyped(arrays), mistyped(params), [1, 1, 1]);
    const out = ops.allocate([2]);
    expect(launch({ out })).toThrow("square: tensor x is missing");
    expect(launch({ out, x: array, y: array })).toThrow("square: unknown tensor y");
    expect(launch({ out, x: integers })).toThrow(
      'square: x is i32, the kernel takes f32; tensor.to("f32") converts',
    );
    expect(launch({ out, x: tensor([1]) })).toThrow("square: x is no array");
    expect(launch({ out, x: array }, { n: 2 })).toThrow("square: parameter scale is missing");
    out.release();
  });

  it("takes half precision where the adapter has it", async ({ skip }) => {
    const x = tensor([1, 2]);
    const half = currentDevice().features.has("shader-f16") ? x.to("f16") : skip();
    const double = ops.defineKernel({
      name: "double",
      inputs: { x: "f16" },
      outputs: { out: "f16" },
      code: "@compute @workgroup_size(2) fn main(@builtin(local_invocation_index) i: u32) { out[i] = 2.0h * x[i]; }",
    });
    const op = ops.defineOp("double", ([x]) => {
      const out = ops.allocate(x.shape, "f16");
      ops.launch(double, { x, out }, {}, [1, 1, 1]);
      return { out, grads: [null] };
    });
    expect(await values(op([half]))).toEqual([2, 4]);
  });

  it("shows the line that doesn't compile", async () => {
    const kernel = ops.defineKernel({
      name: "broken",
      outputs: { out: "f32" },
      code: "@compute @workgroup_size(1)\nfn main() {\n  out[0] = missing;\n}",
    });
    const op = ops.defineOp("broken", () => {
      const out = ops.allocate([1]);
      ops.launch(kernel, { out }, {}, [1, 1, 1]);
      return { out, grads: [] };
    });
    await expect(capture(() => op([])).compile([])).rejects.toThrow(
      /broken\.wgsl:3: [\s\S]*3 \| {3}out\[0\] = missing/,
    );
  });
});
