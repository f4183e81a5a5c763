import { describe, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import { optim, type Tensor, tensor } from "../../src/index.ts";
import { collectUntil } from "../autograd/collect_garbage.ts";

const leaf = (values: number[]) => tensor(values, { requiresGrad: true });
const values = async (t: Tensor) => [...(await t.data())];

/** Sets the gradient of each parameter to `g`. */
function give(params: readonly Tensor[], g: number): void {
  for (const param of params) param.mul(g).sum().backward();
}

describe("an optimizer's state", () => {
  const cases: [string, (params: Tensor[]) => optim.Optimizer<object>][] = [
    ["SGD", (params) => new optim.SGD(params, { lr: 0.1, momentum: 0.9 })],
    ["plain SGD", (params) => new optim.SGD(params, { lr: 0.1 })],
    ["Adam, amsgrad", (params) => new optim.Adam(params, { lr: 0.1, amsgrad: true })],
    ["RMSprop", (params) => new optim.RMSprop(params, { centered: true, momentum: 0.5 })],
  ];

  it.each(cases)("of %s goes round through JSON-like data", async (_, make) => {
    const train = (params: Tensor[], opt: optim.Optimizer<object>, steps: number) => {
      for (let i = 0; i < steps; i++) {
        opt.zeroGrad();
        for (const param of params) param.square().sum().backward();
        opt.step();
      }
    };
    const params = [leaf([1, 2]), leaf([3]), leaf([-1, 0, 1])];
    const opt = make(params);
    train(params, opt, 3);
    const copies = await Promise.all(params.map(async (p) => leaf(await values(p))));
    const resumed = make(copies);
    resumed.loadStateDict(structuredClone(await opt.stateDict()));
    train(params, opt, 2);
    train(copies, resumed, 2);
    for (const [i, param] of params.entries()) {
      expect(await values(copies[i]!)).toEqual(await values(param));
    }
  });

  it("carries the groups' hyperparameters", async () => {
    const opt = new optim.SGD([leaf([1])], { lr: 0.1, momentum: 0.5 });
    opt.groups[0]!.lr = 0.01;
    const other = new optim.SGD([leaf([1])], { lr: 1, momentum: 0.5 });
    other.loadStateDict(await opt.stateDict());
    expect(other.groups[0]!.lr).toBe(0.01);
  });

  it("that doesn't fit is refused and changes nothing", async () => {
    const params = [leaf([1, 2])];
    const opt = new optim.Adam(params, { lr: 0.5 });
    give(params, 1);
    opt.step();
    const state = await opt.stateDict();
    const two = new optim.Adam([leaf([1]), leaf([1])]);
    expect(() => two.loadStateDict(state)).toThrow(
      /saved groups have 1 parameters, this optimizer's 2/,
    );
    const wider = new optim.Adam([leaf([1, 2, 3])]);
    expect(() => wider.loadStateDict(state)).toThrow(/saved state 0 has 4 values.*needs 6/);
    expect(wider.groups[0]!.lr).toBe(1e-3);
    const beyond = {
      groups: state.groups,
      state: new Map([[5, { step: 1, values: new Float32Array(4) }]]),
    };
    expect(() => opt.loadStateDict(beyond)).toThrow(/saved state 5.*no such parameter/);
    const sgd = new optim.SGD(params, { lr: 0.1 });
    expect(() => sgd.loadStateDict(state)).toThrow(/unknown option "betas"/);
    expect((await opt.stateDict()).state.get(0)!.step).toBe(1);
  });

  it("goes when its optimizer is collected", async () => {
    const live = () => currentDevice().memory().liveBuffers;
    const params = [leaf([1, 2])];
    await collectUntil(() => true);
    give(params, 1);
    const before = live();
    (() => new optim.Adam(params).step())();
    expect(live()).toBeGreaterThan(before);
    await collectUntil(() => live() <= before);
  });
});
