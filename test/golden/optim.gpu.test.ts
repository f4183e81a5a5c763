/** Optimizers and schedules against PyTorch's trajectories. See make_optim.py. */

import { describe, expect, it } from "vitest";
import { optim, type Tensor, tensor } from "webgraft";
import { expectClose } from "../ops/compare.ts";
import oneCycles from "./one_cycle.json";
import optimizers from "./optimizers.json";
import schedules from "./schedules.json";
import { uniform } from "./weights.ts";

type AnyOptimizer = optim.SGD | optim.Adam | optim.AdamW | optim.RMSprop;

/** A class of `graft.optim` by the name that the golden file gives. */
function construct<Made>(name: string, ...args: unknown[]): Made {
  const Class: new (...args: unknown[]) => Made = Reflect.get(optim, name);
  return new Class(...args);
}

describe("optimizers take PyTorch's steps", () => {
  it.each(optimizers.cases)("$name", async ({ optimizer, name, options, params, steps }) => {
    const leaves = Object.entries(params).map(([key, shape]) => {
      return {
        key,
        shape,
        value: tensor(uniform(`${name}/${key}`, shape), { shape, requiresGrad: true }),
      };
    });
    const values = leaves.map(({ value }) => value);
    const opt = construct<AnyOptimizer>(optimizer, values, options);
    for (const [step, expected] of steps.entries()) {
      for (const { key, shape, value } of leaves) {
        const gradient = tensor(uniform(`${name}/${key}/grad.${step}`, shape), { shape });
        value.mul(gradient).sum().backward();
      }
      opt.step();
      opt.zeroGrad();
      for (const [i, { key, shape, value }] of leaves.entries()) {
        expectClose(`${key}, step ${step}`, await value.data(), expected[i], shape, 2e-6);
      }
    }
  });
});

interface AnySchedule {
  step(metric?: number): void;
}

describe("schedules give PyTorch's rates", () => {
  const named = schedules.cases.map((spec) => ({ ...spec, title: JSON.stringify(spec.args) }));

  it.each(named)("$schedule $title", ({ schedule, args, initial, rates, ...spec }) => {
    const groups = initial.map((lr) => ({ params: [leaf()], lr }));
    const opt = new optim.SGD(groups, { lr: 0.1 });
    const plan = construct<AnySchedule>(schedule, opt, ...args);
    const metrics = spec.metrics ?? [];
    for (const [step, expected] of rates.entries()) {
      if (step > 0) plan.step(metrics[step - 1]);
      const got = opt.groups.map(({ lr }) => lr);
      for (const [i, rate] of expected.entries()) {
        expect(got[i], `group ${i} after step ${step}`).toBeCloseTo(rate, 10);
      }
    }
  });
});

describe("schedules cycle momentum as PyTorch's do", () => {
  it.each(oneCycles.cases)("$schedule of $optimizer", ({ schedule, optimizer, args, momenta }) => {
    const opt = construct<optim.SGD | optim.Adam>(optimizer, [leaf()], { lr: 0.1 });
    const plan = construct<AnySchedule>(schedule, opt, ...args);
    for (const [step, expected] of momenta.entries()) {
      if (step > 0) plan.step();
      const [group] = opt.groups;
      const got = group && ("betas" in group ? group.betas[0] : group.momentum);
      expect(got, `after step ${step}`).toBeCloseTo(expected, 10);
    }
  });
});

function leaf(): Tensor {
  return tensor([0], { requiresGrad: true });
}
