import { describe, expect, it } from "vitest";
import { capture, F, noGrad, type Tensor, tensor } from "../../src/autograd/index.ts";
import { SGD } from "../../src/optim/index.ts";
import { mistyped } from "../mistyped.ts";

const leaf = (values: number[]) => tensor(values, { requiresGrad: true });
const gradOf = async (t: Tensor) => (t.grad ? [...(await t.grad.data())] : null);

describe("a weight changed between forward and backward", () => {
  it("is refused where its value is needed, before any gradient is computed", async () => {
    const w = leaf([2]);
    const x = leaf([3]);
    const [one, two] = [x.mul(w).square(), x.mul(w)];
    one.backward();
    new SGD([w], { lr: 0.1 }).step();
    x.grad = null;
    expect(() => two.backward()).toThrow(
      /the graph at "mul" was overwritten, as optimizer.step\(\) does to weights; run the forward pass again/,
    );
    expect(x.grad).toBeNull();
  });

  it("is no matter where only its gradient is", async () => {
    const b = leaf([2]);
    const x = leaf([3]);
    const [one, two] = [x.add(b), x.add(b)];
    one.backward();
    new SGD([b], { lr: 0.1 }).step();
    two.backward();
    expect(await gradOf(x)).toEqual([2]);
  });

  it("is refused while a step is captured", async () => {
    const w = leaf([2]);
    const x = leaf([3]);
    const optimizer = new SGD([w], { lr: 0.1 });
    const step = capture(() => {
      const loss = x.mul(w);
      x.mul(w).backward();
      optimizer.step();
      loss.backward();
      return loss;
    });
    expect(() => step()).toThrow(/overwritten, as optimizer.step/);
  });
});

describe("gradients flow along every path", () => {
  it("when a tensor is used twice by one op", async () => {
    const x = leaf([1, -2, 3]);
    x.mul(x).sum().backward();
    expect(await gradOf(x)).toEqual([2, -4, 6]);
    const y = leaf([1, 2]);
    y.add(y).sum().backward();
    expect(await gradOf(y)).toEqual([2, 2]);
  });

  it("when an interior tensor is used twice by one op", async () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    y.add(y).sum().backward();
    expect(await gradOf(x)).toEqual([6, 6]);
  });

  it("when branches meet again", async () => {
    const x = leaf([2, 3]);
    const shared = x.mul(2);
    const left = shared.square();
    const right = shared.mul(5).add(shared);
    left.add(right).sum().backward();
    expect(await gradOf(x)).toEqual([2 * (2 * 4 + 6), 2 * (2 * 6 + 6)]);
  });

  it("through a shared weight at different depths", async () => {
    const w = leaf([2]);
    const x = tensor([3]);
    x.mul(w).add(1).mul(w).backward(); // w (3w + 1): 6w + 1
    expect(await gradOf(w)).toEqual([13]);
  });

  it("through weights shared by two losses that are summed", async () => {
    const w = leaf([1, 2]);
    const source = w.mul(tensor([1, 10])).sum();
    const target = w.square().sum();
    source.add(target.mul(0.5)).backward();
    expect(await gradOf(w)).toEqual([1 + 1, 10 + 2]);
  });

  it("to a tensor and its own product with a view of it", async () => {
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { requiresGrad: true },
    );
    x.matmul(x.transpose(0, 1)).sum().backward();
    expect(await gradOf(x)).toEqual([8, 12, 8, 12]);
  });

  it("through a long chain without deep recursion", async () => {
    const x = leaf([1]);
    let y: Tensor = x;
    for (let i = 0; i < 3000; i++) y = y.add(0.5);
    y.backward();
    expect(await gradOf(x)).toEqual([1]);
  });
});

describe("grad", () => {
  it("accumulates until it is set to null", async () => {
    const x = leaf([1, 2]);
    x.mul(3).sum().backward();
    x.square().sum().backward();
    expect(await gradOf(x)).toEqual([5, 7]);
    x.grad = null;
    x.sum().backward();
    expect(await gradOf(x)).toEqual([1, 1]);
  });

  it("doesn't change under the feet of who reads it", async () => {
    const x = leaf([1]);
    x.mul(2).backward();
    const first = x.grad!;
    x.grad = null;
    x.mul(7).backward();
    expect(await first.data()).toEqual(new Float32Array([2]));
    expect(await gradOf(x)).toEqual([7]);
  });

  it("is never shared between leaves", async () => {
    const [a, b] = [leaf([1]), leaf([2])];
    a.add(b).backward();
    a.mul(5).backward();
    expect(await gradOf(a)).toEqual([6]);
    expect(await gradOf(b)).toEqual([1]);
  });

  it("is not the tensor passed to backward", async () => {
    const x = leaf([1, 2]);
    const cotangent = tensor([3, 4]);
    x.backward(cotangent);
    x.backward(cotangent);
    expect(await gradOf(x)).toEqual([6, 8]);
    expect(await cotangent.data()).toEqual(new Float32Array([3, 4]));
  });

  it("stays null for frozen leaves and interior tensors", async () => {
    const [x, w] = [tensor([1, 2]), leaf([3, 4])];
    const y = x.mul(w);
    y.sum().backward();
    expect(x.grad).toBeNull();
    expect(y.grad).toBeNull();
    expect(await gradOf(w)).toEqual([1, 2]);
  });

  it("can be given, but only of the tensor's shape", () => {
    const x = leaf([1, 2]);
    expect(() => {
      x.grad = tensor([1, 2, 3]);
    }).toThrow(/grad has shape \[3\], its tensor \[2\]/);
  });

  it("stays null for a leaf that is frozen after the forward pass", async () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    const loss = x.mul(w).sum();
    w.requiresGrad = false;
    loss.backward();
    expect(w.grad).toBeNull();
    expect([...(await x.grad!.data())]).toEqual([3, 4]);
  });
});

describe("retainGraph", () => {
  it("keeps the graph for another backward", async () => {
    const x = leaf([3]);
    const y = x.square();
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(await gradOf(x)).toEqual([12]);
  });

  it("is needed for a second backward", () => {
    const x = leaf([3]);
    const y = x.square();
    y.backward();
    expect(() => y.backward()).toThrow(/graph at "square" was already freed.*retainGraph: true/);
  });

  it("is needed when two losses share a part of the graph", async () => {
    const x = leaf([3]);
    const shared = x.square();
    const [one, two] = [shared.mul(2), shared.mul(3)];
    one.backward();
    expect(() => two.backward()).toThrow(/already freed by an earlier backward/);
    expect(await gradOf(x)).toEqual([12]);
  });
});

describe("frozen parts", () => {
  it("end the graph", () => {
    const x = tensor([1, 2]);
    expect(x.mul(2).requiresGrad).toBe(false);
    expect(x.mul(2).isLeaf).toBe(true);
    expect(x.mul(leaf([1, 1])).requiresGrad).toBe(true);
  });

  it("can be thawed, and frozen again", async () => {
    const w = tensor([2]);
    w.requiresGrad_();
    w.mul(3).backward();
    expect(await gradOf(w)).toEqual([3]);
    w.requiresGrad_(false);
    expect(w.mul(3).requiresGrad).toBe(false);
    const y = leaf([1]).mul(2);
    expect(() => y.requiresGrad_(false)).toThrow(/only be changed on a leaf; use detach/);
  });

  it("are cut off by detach", async () => {
    const x = leaf([2]);
    const y = x.mul(3);
    y.detach().mul(x).backward();
    expect(await gradOf(x)).toEqual([6]);
    expect(y.detach().requiresGrad).toBe(false);
  });

  it("are what noGrad makes of everything", () => {
    const x = leaf([2]);
    expect(noGrad(() => x.mul(3)).requiresGrad).toBe(false);
    expect(x.mul(3).requiresGrad).toBe(true);
  });

  it("leave integer results without a gradient", () => {
    const x = leaf([1, 3, 2]);
    expect(x.argmax().requiresGrad).toBe(false);
    expect(x.max(0).indices.requiresGrad).toBe(false);
    expect(x.max(0).values.requiresGrad).toBe(true);
    expect(x.to("i32").requiresGrad).toBe(false);
  });
});

describe("backward refuses", () => {
  it.each([
    ["what requires no gradient", () => tensor([1]).backward(), /requires no gradient/],
    [
      "more than one element without a gradient",
      () => leaf([1, 2]).mul(2).backward(),
      /needs a tensor with one element; this one has shape \[2\]\. Reduce it with sum\(\)/,
    ],
    [
      "a gradient of another shape",
      () => leaf([1, 2]).backward(tensor([1])),
      /the gradient is f32 of shape \[1\], the tensor f32 of \[2\]/,
    ],
    [
      "a gradient of another dtype",
      () => leaf([1]).backward(tensor([1], { dtype: "i32" })),
      /the gradient is i32 of shape \[1\], the tensor f32 of \[1\]/,
    ],
    ["a number", () => leaf([1]).backward(mistyped(1)), /the gradient must be a tensor, not 1/],
    [
      "an unknown option",
      () => leaf([1]).backward(null, mistyped({ createGraph: true })),
      /backward: unknown option "createGraph"; the options are retainGraph/,
    ],
  ])("%s", (_, run, error) => {
    expect(run).toThrow(error);
  });

  it("a gradient that is no tensor, and a capture of no function", () => {
    const x = leaf([1, 2]);
    expect(() => {
      x.grad = mistyped(3);
    }).toThrow(/grad must be a tensor or null, not 3/);
    expect(() => capture(mistyped(5))).toThrow(/capture: expects a function, not 5/);
  });

  it("freed inputs and values, in words", async () => {
    const x = tensor([1, 2]);
    x.dispose();
    expect(() => F.exp(x)).toThrow(/exp: input 0 of shape \[2\] was freed/);
    await expect(x.data()).rejects.toThrow(/the tensor of shape \[2\] was freed: .* detach\(\)/);
  });
});
