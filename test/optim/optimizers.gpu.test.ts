import { describe, expect, it } from "vitest";
import { capture, optim, type Tensor, tensor } from "../../src/index.ts";
import optimizers from "../golden/optimizers.json";
import { uniform } from "../golden/weights.ts";
import { mistyped } from "../mistyped.ts";
import { expectClose } from "../ops/compare.ts";

const leaf = (values: number[]) => tensor(values, { requiresGrad: true });
const values = async (t: Tensor) => [...(await t.data())];

/** Sets the gradient of each parameter to `g`. */
function give(params: readonly Tensor[], g: number): void {
  for (const param of params) param.mul(g).sum().backward();
}

describe("captured optimizers take PyTorch's steps", () => {
  it.each(optimizers.cases)("$name", async ({ optimizer, name, options, params, steps }) => {
    const leaves = Object.entries(params).map(([key, shape]) => ({
      key,
      shape,
      value: tensor(uniform(`${name}/${key}`, shape), { shape, requiresGrad: true }),
    }));
    const Optimizer: new (params: Tensor[], options: object) => optim.Adam = Reflect.get(
      optim,
      optimizer,
    );
    const opt = new Optimizer(
      leaves.map(({ value }) => value),
      options,
    );
    const step = capture((...gradients: Tensor[]) => {
      opt.zeroGrad();
      leaves.forEach(({ value }, i) => {
        value.mul(gradients[i]!).sum().backward();
      });
      opt.step();
    });
    for (const [i, expected] of steps.entries()) {
      step(
        ...leaves.map(({ key, shape }) =>
          tensor(uniform(`${name}/${key}/grad.${i}`, shape), { shape }),
        ),
      );
      for (const [k, { key, shape, value }] of leaves.entries()) {
        expectClose(`${key}, step ${i}`, await value.data(), expected[k]!, shape, 2e-6);
      }
    }
    step.dispose();
  });
});

describe("a captured step", () => {
  it("follows schedules and counts its steps once a replay", async () => {
    const run = async (captured: boolean) => {
      const w = leaf([1, -2, 3]);
      const opt = new optim.Adam([w], { lr: 0.1 });
      const schedule = new optim.StepLR(opt, 2, 0.5);
      const body = () => {
        opt.zeroGrad();
        w.square().sum().backward();
        opt.step();
      };
      const step = captured ? capture(body) : body;
      for (let i = 0; i < 5; i++) {
        step();
        schedule.step();
      }
      const { state } = await opt.stateDict();
      return { w: await values(w), count: state.get(0)!.step, lr: opt.groups[0]!.lr };
    };
    const eager = await run(false);
    expect(eager.count).toBe(5);
    expect(eager.lr).toBeCloseTo(0.025);
    expect(await run(true)).toEqual(eager);
  });

  it("goes on from a state that is loaded into it", async () => {
    const make = () => {
      const w = leaf([1, -2]);
      const opt = new optim.SGD([w], { lr: 0.1, momentum: 0.9 });
      const step = capture(() => {
        opt.zeroGrad();
        w.square().sum().backward();
        opt.step();
      });
      return { w, opt, step };
    };
    const [a, b] = [make(), make()];
    for (let i = 0; i < 3; i++) a.step();
    const [saved, at] = [await a.opt.stateDict(), await a.w.data()];
    b.step(); // recorded with a state of its own
    b.opt.loadStateDict(saved);
    b.w.replaceArray(tensor(at).array.share());
    for (const { step } of [a, b]) step();
    expect(await values(b.w)).toEqual(await values(a.w));
  });

  it("includes a group that is added later", async () => {
    const [a, b] = [leaf([1]), leaf([1])];
    const opt = new optim.SGD([a], { lr: 0.5 });
    const step = capture(() => {
      opt.zeroGrad();
      a.add(b).sum().backward();
      opt.step();
      b.grad = null;
    });
    step();
    expect([await a.item(), await b.item()]).toEqual([0.5, 1]);
    opt.addGroup({ params: [b], lr: 0.25 });
    step();
    expect([await a.item(), await b.item()]).toEqual([0, 0.75]);
  });
});

describe("parameters", () => {
  it("of every odd and even number are all updated", async () => {
    for (const count of [1, 2, 3, 5]) {
      const params = Array.from({ length: count }, (_, i) => leaf(new Array(i + 1).fill(1)));
      const opt = new optim.Adam(params, { lr: 0.5 });
      give(params, 3);
      opt.step();
      for (const [i, param] of params.entries()) {
        expectClose(
          `parameter ${i}`,
          await param.data(),
          new Array(i + 1).fill(0.5),
          [i + 1],
          1e-5,
        );
      }
    }
  });

  it("without a gradient or frozen stay, and so does their count", async () => {
    const [a, b, c] = [leaf([1]), leaf([1]), leaf([1])];
    const opt = new optim.Adam([a, b, c], { lr: 0.5, weightDecay: 0.1 });
    give([a, c], 1);
    c.requiresGrad_(false);
    opt.step();
    expect(await values(b)).toEqual([1]);
    expect(await values(c)).toEqual([1]);
    const { state } = await opt.stateDict();
    expect([...state.keys()]).toEqual([0]);
    give([b], 1);
    opt.step();
    const counts = (await opt.stateDict()).state;
    expect([counts.get(0)!.step, counts.get(1)!.step]).toEqual([2, 1]);
  });

  it("take their group's own rate and decay, the rest from the defaults", async () => {
    const [a, b] = [leaf([2]), leaf([2])];
    const groups = [{ params: [a], lr: 0.1, weightDecay: 0.5 }, { params: [b] }];
    const opt = new optim.SGD(groups, { lr: 1 });
    give([a, b], 1);
    opt.step();
    expect(await a.item()).toBeCloseTo(2 - 0.1 * (1 + 0.5 * 2));
    expect(await b.item()).toBeCloseTo(1);
    expect(opt.groups.map(({ lr, weightDecay }) => [lr, weightDecay])).toEqual([
      [0.1, 0.5],
      [1, 0],
    ]);
  });

  it("need no common rate where every group has its own", () => {
    const [a, b] = [leaf([1]), leaf([2])];
    const groups = [
      { params: [a], lr: 0.1 },
      { params: [b], lr: 0.2 },
    ];
    expect(new optim.SGD(groups).groups.map(({ lr }) => lr)).toEqual([0.1, 0.2]);
    const half = [{ params: [a], lr: 0.1 }, { params: [b] }];
    expect(() => new optim.SGD(mistyped(half))).toThrow(/SGD: lr is required/);
    const sgd = new optim.SGD([{ params: [a], lr: 0.1 }], { momentum: 0.9 });
    expect(() => sgd.addGroup({ params: [b] })).toThrow(/SGD: lr is required/);
  });

  it("are refused when listed twice, not leaves, no tensors or none", () => {
    const a = leaf([1]);
    expect(() => new optim.SGD([a, a], { lr: 1 })).toThrow(/in more than one group/);
    expect(() => new optim.SGD([a.mul(2)], { lr: 1 })).toThrow(/not a leaf/);
    expect(() => new optim.SGD([], { lr: 1 })).toThrow(/no parameters/);
    expect(() => new optim.SGD([{ params: [mistyped(3)] }], { lr: 1 })).toThrow(/not a tensor/);
    const opt = new optim.SGD([a], { lr: 1 });
    expect(() => opt.addGroup({ params: [a] })).toThrow(/in another group already/);
    expect(() => opt.addGroup({ params: [leaf([1])], lr: -1 })).toThrow(/lr must be/);
    expect(opt.groups).toHaveLength(1);
  });
});

describe("skipped steps", () => {
  /** Steps with gradients of which the second is infinite. */
  async function steps(make: (params: Tensor[]) => optim.Adam | optim.Adagrad, overflows: boolean) {
    const w = leaf([1, -2, 3]);
    const [opt, scaler] = [make([w]), new optim.GradScaler({ initScale: 1 })];
    for (const g of overflows ? [1, Number.POSITIVE_INFINITY, 2] : [1, 2]) {
      opt.zeroGrad();
      scaler.scale(w.mul(g).sum()).backward();
      scaler.unscale_(opt);
      scaler.step(opt);
      scaler.update();
    }
    return w.data();
  }

  it.each([
    ["Adagrad", (params: Tensor[]) => new optim.Adagrad(params, { lr: 0.1, lrDecay: 0.5 })],
    ["Lion", (params: Tensor[]) => new optim.Lion(params, { lr: 0.1 })],
  ] as const)("change nothing in %s", async (_, make) => {
    const expected = await steps(mistyped(make), false);
    expectClose("w", await steps(mistyped(make), true), expected, [3], 1e-6);
  });

  it("are refused by optimizers that count on the host", async () => {
    for (const Class of [optim.NAdam, optim.RAdam, optim.LAMB]) {
      const make = (params: Tensor[]) => new Class(params);
      await expect(steps(mistyped(make), false)).rejects.toThrow(
        new RegExp(`${Class.name} counts its steps on the host, and GradScaler`),
      );
    }
  });
});
