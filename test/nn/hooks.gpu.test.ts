import { describe, expect, it, vi } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { capture, nn, noGrad, ones, optim, randn, Tensor, tensor } from "../../src/index.ts";

const chain = () =>
  new nn.Sequential({
    first: new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU()),
    last: new nn.Linear(4, 2),
  });
const values = async (t: Tensor) => [...(await t.data())];
/** Tells that hooks give tensors; fails where they don't. */
function asTensor(value: unknown): Tensor {
  if (value instanceof Tensor) return value;
  throw new Error("not a tensor");
}

describe("a forward hook", () => {
  it("sees module, inputs and output, which stay readable behind a chain and without gradients", async () => {
    const model = chain();
    const seen: Tensor[] = [];
    const relu = model.get("first.1");
    relu.registerForwardHook((module, inputs, output) => {
      expect(module).toBe(relu);
      expect(inputs).toHaveLength(1);
      seen.push(asTensor(output));
    });
    const x = randn([2, 3]);
    const y = model.forward(x);
    const z = noGrad(() => model.forward(x));
    expect(seen.map(({ shape }) => shape)).toEqual([
      [2, 4],
      [2, 4],
    ]);
    expect(await values(z)).toEqual(await values(y));
    const expected = await values(model.get("first").forward(x) as Tensor);
    expect(await values(seen[0]!)).toEqual(expected);
    expect(await values(seen[1]!)).toEqual(expected);
  });

  it("lets gradients through, and is gone when removed", async () => {
    const model = chain();
    const x = ones([1, 3]);
    const gradient = async () => {
      model.parameters().forEach((param) => {
        param.grad = null;
      });
      model.forward(x).sum().backward();
      return values(model.parameters()[0]!.grad!);
    };
    const before = await gradient();
    const hook = vi.fn();
    const handle = model.get("first.0").registerForwardHook(hook);
    expect(await gradient()).toEqual(before);
    expect(hook).toHaveBeenCalledTimes(1);
    handle.remove();
    handle.remove();
    expect(await gradient()).toEqual(before);
    expect(hook).toHaveBeenCalledTimes(1);
    expect(Object.keys(model.get("first.0"))).not.toContain("hooked");
    expect(Object.hasOwn(model.get("first.0"), "forward")).toBe(false);
  });

  it("may give another output; several are called in turn", async () => {
    const relu = new nn.ReLU();
    const calls: string[] = [];
    const first = relu.registerForwardHook((_, __, output) => {
      calls.push("first");
      return asTensor(output).mul(2);
    });
    relu.registerForwardHook((_, __, output) => {
      calls.push("second");
      return asTensor(output).add(1);
    });
    expect(await values(relu.forward(tensor([-1, 3])))).toEqual([1, 7]);
    expect(calls).toEqual(["first", "second"]);
    first.remove();
    expect(await values(relu.forward(tensor([-1, 3])))).toEqual([1, 4]);
  });

  it("is called once for a class that extends another's forward, and for a forward of an object's own", () => {
    class Doubled extends nn.Linear {
      override forward(input: Tensor): Tensor {
        return super.forward(input).mul(2);
      }
    }
    const hook = vi.fn();
    const layer = new Doubled(2, 2);
    layer.registerForwardHook(hook);
    layer.forward(ones([1, 2]));
    expect(hook).toHaveBeenCalledTimes(1);
    const own = new nn.Identity();
    const forward = (input: Tensor) => input.neg();
    own.forward = forward;
    const handle = own.registerForwardHook(hook);
    own.forward(ones([1]));
    expect(hook).toHaveBeenCalledTimes(2);
    handle.remove();
    expect(own.forward).toBe(forward);
  });

  it("has captured steps recorded anew when it comes and when it goes", async () => {
    const model = chain();
    let map: Tensor | null = null;
    const step = capture((x: Tensor) => {
      map = null;
      const y = model.forward(x);
      return map ? [y, map] : [y];
    });
    const [x, other] = [randn([2, 3]), randn([2, 3])];
    expect(step(x)).toHaveLength(1);
    const handle = model.get("first").registerForwardHook((_, __, output) => {
      map = asTensor(output);
    });
    for (const input of [x, other]) {
      const results = step(input);
      expect(results).toHaveLength(2);
      const expected = await values(model.get("first").forward(input) as Tensor);
      expect(await values(results[1]!)).toEqual(expected);
    }
    handle.remove();
    expect(step(x)).toHaveLength(1);
    step.dispose();
  });

  it("leaves the number of buffers of a training as it is", async () => {
    const model = chain();
    const opt = new optim.SGD(model.parameters(), { lr: 0.01 });
    let map: Tensor | null = null;
    model.get("first").registerForwardHook((_, __, output) => {
      map?.dispose();
      map = asTensor(output);
    });
    const x = randn([8, 3]);
    const counts: number[] = [];
    for (let i = 0; i < 8; i++) {
      opt.zeroGrad();
      model.forward(x).square().mean().backward();
      opt.step();
      counts.push(currentDevice().memory().liveBuffers);
    }
    expect(new Set(counts.slice(4)).size).toBe(1);
    expect(await values(asTensor(map))).toHaveLength(32);
  });
});
