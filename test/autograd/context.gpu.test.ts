// Modes hold for what runs in them and for nothing else: no other task sees them, neither while they wait nor afterwards.
import { describe, expect, it, vi } from "vitest";
import { isAutocast } from "../../src/autograd/autocast.ts";
import {
  autocast,
  capture,
  enableGrad,
  F,
  Generator,
  getRandomState,
  inferenceMode,
  isGradEnabled,
  manualSeed,
  noGrad,
  randn,
  scope,
  setRandomState,
  tensor,
  withGenerator,
} from "../../src/autograd/index.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { nn } from "../../src/index.ts";
import { evaluating } from "../../src/nn/index.ts";

const pause = (milliseconds = 1) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const live = () => currentDevice().memory().liveBuffers;

describe("async functions in Node", () => {
  it("keep their own mode across awaits, however they overlap", async () => {
    const seen: Record<string, boolean[]> = { off: [], on: [], none: [] };
    const watch = async (name: string, milliseconds: number) => {
      for (let i = 0; i < 4; i++) {
        seen[name]!.push(isGradEnabled());
        await pause(milliseconds);
      }
    };
    await Promise.all([
      noGrad(async () => {
        await watch("off", 2);
      }),
      noGrad(async () => {
        await pause();
        await enableGrad(async () => {
          await watch("on", 3);
        });
        seen.off!.push(isGradEnabled());
      }),
      watch("none", 2),
    ]);
    expect(seen.off).toEqual([false, false, false, false, false]);
    expect(seen.on).toEqual([true, true, true, true]);
    expect(seen.none).toEqual([true, true, true, true]);
    expect(isGradEnabled()).toBe(true);
  });

  it("see synchronous modes inside them, which end with their function", async () => {
    await noGrad(async () => {
      await pause();
      expect(enableGrad(() => isGradEnabled())).toBe(true);
      expect(isGradEnabled()).toBe(false);
    });
  });

  it("keep autocast, and have what they made freed when they settle", async () => {
    const half = currentDevice().features.has("shader-f16");
    const seen = await autocast(async () => {
      await pause();
      return isAutocast();
    });
    expect(seen).toBe(half);
    expect(isAutocast()).toBe(false);
    const x = tensor([1, 2, 3]);
    const before = live();
    const pending = scope(async () => {
      const y = x.mul(2);
      await pause();
      return y.add(1);
    });
    const outside = x.mul(3); // belongs to nobody's scope
    const result = await pending;
    expect(live() - before).toBe(2);
    expect(await result.data()).toEqual(new Float32Array([3, 5, 7]));
    expect(await outside.data()).toEqual(new Float32Array([3, 6, 9]));
  });

  it("free what they made when they fail", async () => {
    const x = tensor([1, 2, 3]);
    const before = live();
    const failing = noGrad(async () => {
      x.mul(2);
      await pause();
      throw new Error("half way");
    });
    await expect(failing).rejects.toThrow("half way");
    expect(live()).toBe(before);
  });
});

describe("modes refuse", () => {
  it("functions that return a promise without being async, since the rest would run outside", () => {
    const x = tensor([1]);
    for (const mode of [noGrad, inferenceMode, enableGrad, scope, autocast])
      expect(() => mode(() => x.data())).toThrow(/the function returned a promise.*wrap only/s);
    expect(isGradEnabled()).toBe(true);
  });

  it("async functions where nothing can follow them", async () => {
    vi.resetModules(); // the context as a browser without AsyncContext has it
    const { setPlatform, platform } = await import("../../src/platform/index.ts");
    setPlatform({ ...platform(), taskStorage: () => null });
    const browser = await import("../../src/autograd/mode.ts");
    expect(() => browser.noGrad(async () => {})).toThrow(/this browser has nothing that follows/);
    expect(browser.noGrad(() => browser.isGradEnabled())).toBe(false);
    vi.resetModules();
  });
});

describe("random numbers", () => {
  it("come from a generator of one's own, and leave the default one alone", async () => {
    manualSeed(1);
    const first = await randn([4]).data();
    const before = getRandomState();
    const own = new Generator(7);
    const [a, b] = [0, 1].map(() => withGenerator(own, () => randn([4])));
    expect(getRandomState()).toEqual(before);
    expect(await a!.data()).not.toEqual(await b!.data());
    own.manualSeed(7);
    expect(await withGenerator(own, () => randn([4])).data()).toEqual(await a!.data());
    manualSeed(1);
    expect(await randn([4]).data()).toEqual(first);
    expect(own.getState()).toEqual({ seed: 7, draws: 1 });
    own.setState({ seed: 7, draws: 0 });
    expect(await withGenerator(own, () => randn([4])).data()).toEqual(await a!.data());
  });

  it("of a captured step come from the generator that it was recorded with", async () => {
    const ones = tensor(new Float32Array(64).fill(1));
    const own = new Generator(3);
    const step = capture(() => withGenerator(own, () => F.dropout(ones, 0.5)));
    const [before, first] = [getRandomState(), await step().data()];
    const second = await step().data();
    expect(second).not.toEqual(first);
    expect(getRandomState()).toEqual(before);
    own.manualSeed(3);
    expect(await step().data()).toEqual(first);
    step.dispose();
  });

  it("refuse seeds that are none", () => {
    expect(() => new Generator(-1)).toThrow(/seed is -1; give a whole number/);
    expect(() => setRandomState({ seed: 1, draws: 0.5 })).toThrow(/draws is 0.5/);
  });
});

describe("evaluating", () => {
  it("gives each layer the mode that it had, also after an error", () => {
    const model = new nn.Sequential(new nn.Dropout(), new nn.BatchNorm1d(2));
    model.get("1").eval();
    const modes = () => model.modules().map(({ training }) => training);
    const before = modes();
    expect(evaluating(model, modes)).toEqual([false, false, false]);
    expect(modes()).toEqual(before);
    expect(() =>
      evaluating(model, () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(() => evaluating(model, () => Promise.resolve())).toThrow(/returned a promise/);
    expect(modes()).toEqual(before);
  });
});
