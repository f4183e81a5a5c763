import { describe, expect, it } from "vitest";
import { nn, optim, tensor } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

const leaf = (values: number[]) => tensor(values, { requiresGrad: true });

describe("an optimizer's options", () => {
  const a = () => [leaf([1])];
  it("are checked by name, kind and range", () => {
    const unknown = mistyped({ lr: 1, weight_decay: 0.1 });
    expect(() => new optim.SGD(a(), unknown)).toThrow(
      /SGD: unknown option "weight_decay"; the options are lr, momentum, dampening, weightDecay, nesterov/,
    );
    expect(() => new optim.Adam(a(), mistyped({ beta1: 0.9 }))).toThrow(/unknown option "beta1"/);
    expect(() => new optim.Adam(a(), { betas: [0.9, 1] })).toThrow(
      /betas must be two numbers in 0..1/,
    );
    expect(() => new optim.Adam(a(), { lr: Number.NaN })).toThrow(/lr must be a number.*NaN/);
    expect(() => new optim.AdamW(a(), mistyped({ lr: "0.1" }))).toThrow(/AdamW: lr must.*"0.1"/);
    expect(() => new optim.Adam(a(), mistyped({ amsgrad: 1 }))).toThrow(
      /amsgrad must be true or false/,
    );
    expect(() => new optim.SGD(a(), mistyped({}))).toThrow(/lr is required/);
    expect(() => new optim.Adam(a(), mistyped(0.01))).toThrow(
      /Adam: options go in an object, \{ lr: … \}, not 0.01/,
    );
    expect(() => new optim.SGD([{ params: a(), foo: 1 } as never], { lr: 1 })).toThrow(
      /option "foo"/,
    );
  });

  it("come after parameters, not after a model, a tensor or both kinds of lists at once", () => {
    const model = new nn.Sequential(new nn.Linear(1, 1));
    const mixed = [leaf([1]), { params: a() }];
    for (const given of [model, new nn.Linear(1, 1), undefined, leaf([1]), mixed, [{ lr: 1 }]]) {
      expect(() => new optim.Adam(mistyped(given))).toThrow(
        /Adam: expects a list of tensors, as model\.parameters\(\), or of groups/,
      );
    }
  });

  it("that don't go together are refused, in a group too", () => {
    const message = /nesterov needs a momentum/;
    expect(() => new optim.SGD(a(), { lr: 1, nesterov: true })).toThrow(message);
    const groups = [{ params: a(), momentum: 0 }];
    expect(() => new optim.SGD(groups, { lr: 1, momentum: 0.9, nesterov: true })).toThrow(message);
  });

  it("count as left out when undefined, and AdamW has a decay of its own", () => {
    expect(new optim.Adam(a(), { lr: undefined }).groups[0]!.lr).toBe(1e-3);
    expect(new optim.Adam(a()).groups[0]!.weightDecay).toBe(0);
    expect(new optim.AdamW(a()).groups[0]!.weightDecay).toBe(0.01);
  });
});
