import { describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { capture, manualSeed, nn, noGrad, randn, type Tensor, tensor } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

const live = () => currentDevice().memory().liveBuffers;

describe("Sequential", () => {
  it("names layers by position or by the given names, and grows", () => {
    const plain = new nn.Sequential(new nn.ReLU(), new nn.Flatten());
    expect(plain.namedChildren().map(([name]) => name)).toEqual(["0", "1"]);
    plain.append(new nn.Linear(2, 2)).append(new nn.ReLU(), "last");
    expect(plain.namedChildren().map(([name]) => name)).toEqual(["0", "1", "2", "last"]);
    expect(plain.length).toBe(4);
    const named = new nn.Sequential({ conv: new nn.Conv2d(1, 1, 1), act: new nn.ReLU() });
    expect(Object.keys(named.stateDict())).toEqual(["conv.weight", "conv.bias"]);
    expect([...named]).toHaveLength(2);
  });

  it("refuses what is no module, and a name twice", () => {
    expect(() => new nn.Sequential(new nn.ReLU(), mistyped(null))).toThrow(/"1" is not a module/);
    expect(() => new nn.Sequential(mistyped({ a: 1 }))).toThrow(/"a" is not a module/);
    expect(() => new nn.Sequential(mistyped({ a: new nn.ReLU() }), new nn.ReLU())).toThrow(
      /"0" is/,
    );
    expect(() => new nn.Sequential(new nn.ReLU()).append(new nn.ReLU(), "0")).toThrow(
      /"0" already/,
    );
    const list = new nn.ModuleList(new nn.Linear(1, 1), new nn.Linear(1, 1));
    expect(list.parameters()).toHaveLength(4);
    expect(() => list.forward()).toThrow(/ModuleList has no forward/);
  });

  it("gives back its input when empty or made of identities", () => {
    const x = tensor([1]);
    expect(new nn.Sequential().forward(x)).toBe(x);
    expect(new nn.Sequential(new nn.Identity(), new nn.Dropout().eval()).forward(x)).toBe(x);
    expect(x.disposed).toBe(false);
  });

  it("frees what only passes between its layers", () => {
    const layers = () => Array.from({ length: 6 }, () => new nn.Tanh());
    const [short, long] = [
      new nn.Sequential(...layers()),
      new nn.Sequential(...layers(), ...layers()),
    ];
    const x = randn([64]);
    for (const model of [short, long]) {
      const before = live();
      const y = model.forward(x);
      expect(live() - before).toBe(1);
      y.dispose();
    }
  });

  it("keeps what gradients need until backward, then nothing but them", () => {
    const model = new nn.Sequential(new nn.Linear(4, 4), new nn.Tanh(), new nn.Linear(4, 4));
    const x = randn([2, 4]);
    const before = live();
    const y = model.forward(x);
    expect(live() - before).toBe(2); // tanh's output and the result
    y.backward(randn([2, 4]));
    expect(live() - before).toBeLessThanOrEqual(1 + 4 + 1); // result, gradients, the cotangent
    expect(x.disposed).toBe(false);
  });

  it("gives with convolution and ReLU in one kernel, as when captured, what they give apart", async () => {
    const build = () => {
      manualSeed(7);
      return new nn.Sequential(
        new nn.Conv2d(2, 5, 3, { padding: 1 }),
        new nn.ReLU(),
        new nn.Conv2d(5, 3, 3, { bias: false }),
        new nn.ReLU(),
        new nn.Flatten(),
        new nn.Linear(48, 4),
        new nn.ReLU(),
      );
    };
    const x = randn([2, 2, 6, 6]);
    const run = async (model: nn.Sequential, how: typeof capture | null) => {
      const train = (input: Tensor) => {
        const y = model.forward(input);
        y.square().sum().backward();
        return y;
      };
      const y = (how?.(train) ?? train)(x);
      const grads = await Promise.all(model.parameters().map(({ grad }) => grad!.data()));
      return [await y.data(), ...grads];
    };
    expect(await run(build(), capture)).toEqual(await run(build(), null));
  });

  it("doesn't fuse a subclass, whose forward may be another", async () => {
    class Doubling extends nn.Linear {
      override forward(input: Tensor): Tensor {
        return super.forward(input).mul(2);
      }
    }
    const linear = new Doubling(2, 2);
    const model = new nn.Sequential(linear, new nn.ReLU());
    const x = randn([3, 2]);
    const expected = noGrad(() => new nn.ReLU().forward(linear.forward(x)) as Tensor);
    expect(await model.forward(x).data()).toEqual(await expected.data());
  });
});
