// Rates against PyTorch's: test/golden/optim.gpu.test.ts. Here: what schedules do beside.
import { describe, expect, it } from "vitest";
import { optim, tensor } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

const optimizer = (...rates: number[]) =>
  new optim.SGD(
    rates.map((lr) => ({ params: [tensor([0], { requiresGrad: true })], lr })),
    { lr: 1 },
  );
const sequential = (opt: optim.SGD) =>
  new optim.SequentialLR(
    opt,
    [new optim.LinearWarmup(opt, 2), new optim.CosineAnnealingLR(opt, 6), new optim.StepLR(opt, 1)],
    [2, 5],
  );
const rates = (opt: optim.SGD) => opt.groups.map(({ lr }) => lr);

describe("schedules", () => {
  const makers: [string, (opt: optim.SGD) => optim.Schedule][] = [
    ["StepLR", (opt) => new optim.StepLR(opt, 2, 0.5)],
    ["MultiStepLR", (opt) => new optim.MultiStepLR(opt, [1, 3])],
    ["ExponentialLR", (opt) => new optim.ExponentialLR(opt, 0.9)],
    ["CosineAnnealingLR", (opt) => new optim.CosineAnnealingLR(opt, 6, 0.01)],
    ["LinearWarmup", (opt) => new optim.LinearWarmup(opt, 4)],
    ["OneCycleLR", (opt) => new optim.OneCycleLR(opt, { maxLr: [1, 0.1], totalSteps: 8 })],
    ["PolynomialLR", (opt) => new optim.PolynomialLR(opt, 7, 2)],
    ["CosineAnnealingWarmRestarts", (opt) => new optim.CosineAnnealingWarmRestarts(opt, 2, 2)],
    ["LambdaLR", (opt) => new optim.LambdaLR(opt, (count) => 1 / (1 + count))],
    ["CyclicLR", (opt) => new optim.CyclicLR(opt, { baseLr: 0.1, maxLr: 1, stepSizeUp: 3 })],
    ["SequentialLR", (opt) => sequential(opt)],
  ];

  it.each(makers)("%s goes on from a saved state, whatever rates it starts with", (_, make) => {
    const [a, b] = [optimizer(0.5, 0.02), optimizer(0.3, 0.3)];
    const first = make(a);
    for (let i = 0; i < 3; i++) first.step();
    const second = make(b);
    second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())));
    expect(rates(b)).toEqual(rates(a));
    first.step();
    second.step();
    expect(rates(b)).toEqual(rates(a));
  });

  it("take their options in order or by name", () => {
    const pairs: [(opt: optim.SGD) => optim.Schedule, (opt: optim.SGD) => optim.Schedule][] = [
      [makers[0]![1], (opt) => new optim.StepLR(opt, { stepSize: 2, gamma: 0.5 })],
      [makers[1]![1], (opt) => new optim.MultiStepLR(opt, { milestones: [1, 3] })],
      [makers[2]![1], (opt) => new optim.ExponentialLR(opt, { gamma: 0.9 })],
      [makers[3]![1], (opt) => new optim.CosineAnnealingLR(opt, { tMax: 6, etaMin: 0.01 })],
      [makers[4]![1], (opt) => new optim.LinearWarmup(opt, { steps: 4 })],
    ];
    for (const [inOrder, byName] of pairs) {
      const [a, b] = [optimizer(0.5), optimizer(0.5)];
      const both = [inOrder(a), byName(b)];
      for (let i = 0; i < 5; i++) {
        for (const schedule of both) schedule.step();
        expect(rates(b)).toEqual(rates(a));
      }
    }
  });

  it("name what they can't use", () => {
    const opt = optimizer(0.1);
    const cases: [() => unknown, RegExp][] = [
      [
        () => new optim.StepLR(opt, mistyped({ step_size: 3 })),
        /StepLR: unknown option "step_size"/,
      ],
      [() => new optim.StepLR(opt, 0), /StepLR: stepSize is 0; it must be a number of at least 1/],
      [() => new optim.ExponentialLR(opt, mistyped(undefined)), /gamma is undefined/],
      [() => new optim.CosineAnnealingLR(opt, mistyped("10")), /CosineAnnealingLR: tMax is 10/],
      [() => new optim.LinearWarmup(opt, mistyped({})), /LinearWarmup: steps is undefined/],
      [() => new optim.MultiStepLR(opt, [Number.NaN]), /MultiStepLR: a milestone is NaN/],
      [() => new optim.MultiStepLR(opt, mistyped(3)), /MultiStepLR: options go in an object/],
      [() => new optim.MultiStepLR(opt, mistyped({ gamma: 1 })), /milestones must be a list/],
      [() => new optim.OneCycleLR(opt, mistyped(undefined)), /OneCycleLR: options go in an object/],
      [() => new optim.OneCycleLR(opt, mistyped({ maxLr: 1 })), /OneCycleLR: totalSteps is undef/],
      [() => new optim.ReduceLROnPlateau(opt, mistyped({ mode: "low" })), /one of "min", "max"/],
      [() => new optim.LambdaLR(opt, mistyped(0.5)), /LambdaLR: expects a function of the number/],
      [() => new optim.PolynomialLR(opt, { power: -1 }), /PolynomialLR: power is -1/],
      [() => new optim.CosineAnnealingWarmRestarts(opt, 0), /WarmRestarts: t0 is 0/],
      [() => new optim.CyclicLR(opt, mistyped({ baseLr: 1 })), /CyclicLR: maxLr is undefined/],
      [
        () => new optim.CyclicLR(opt, mistyped({ baseLr: 0, maxLr: 1, mode: "saw" })),
        /CyclicLR: mode is "saw"; it must be one of "triangular"/,
      ],
      [() => new optim.SequentialLR(opt, mistyped([opt]), []), /expects a list of schedules/],
      [
        () => new optim.SequentialLR(opt, [new optim.StepLR(opt, 1)], [3]),
        /SequentialLR: 1 schedules need 0 milestones, whole numbers in ascending order; given are \[3\]/,
      ],
    ];
    for (const [make, text] of cases) expect(make).toThrow(text);
  });

  it("are counted in steps or epochs by their kind", () => {
    const opt = optimizer(0.1);
    expect(new optim.StepLR(opt, 1).interval).toBe("epoch");
    expect(new optim.LinearWarmup(opt, 3).interval).toBe("step");
    expect(new optim.OneCycleLR(opt, { maxLr: 1, totalSteps: 5 }).interval).toBe("step");
    expect(new optim.CyclicLR(opt, { baseLr: 0.1, maxLr: 1 }).interval).toBe("step");
    expect(new optim.LambdaLR(opt, () => 1).interval).toBe("epoch");
    expect(sequential(opt).interval).toBe("step");
  });

  it("take a group that was added later from the rate it came with", () => {
    const opt = optimizer(1);
    const schedule = new optim.ExponentialLR(opt, 0.5);
    opt.addGroup({ params: [tensor([0], { requiresGrad: true })], lr: 0.3 });
    schedule.step();
    schedule.step();
    expect(rates(opt)[0]).toBe(0.25);
    expect(rates(opt)[1]).toBeCloseTo(0.3 * 0.25);
  });

  it("follow one another, each from the rates that the groups began with", () => {
    const opt = optimizer(0.6, 0.03);
    const schedule = sequential(opt);
    const expected = [1 / 3, 2 / 3, 1, ...[1, 2].map((n) => (1 + Math.cos((Math.PI * n) / 6)) / 2)];
    for (const share of [...expected, 1, 0.1, 0.01]) {
      expect(rates(opt)[0]).toBeCloseTo(0.6 * share, 12);
      expect(rates(opt)[1]).toBeCloseTo(0.03 * share, 12);
      schedule.step();
    }
  });

  it("end with one that has rates of its own", () => {
    const opt = optimizer(0.5);
    const first = new optim.StepLR(opt, 10);
    const cycle = new optim.CyclicLR(opt, { baseLr: 0.1, maxLr: 0.3, stepSizeUp: 2 });
    const schedule = new optim.SequentialLR(opt, [first, cycle], [2]);
    const found = Array.from({ length: 6 }, () => {
      const [rate] = rates(opt);
      schedule.step();
      return rate!;
    });
    for (const [i, rate] of [0.5, 0.5, 0.1, 0.2, 0.3, 0.2].entries())
      expect(found[i]).toBeCloseTo(rate, 12);
  });

  it("multiply each group's rate by a function of its own", () => {
    const opt = optimizer(1, 2);
    const schedule = new optim.LambdaLR(opt, [(count) => 1 / (count + 1), () => 0.5]);
    expect(rates(opt)).toEqual([1, 1]);
    schedule.step();
    expect(rates(opt)).toEqual([0.5, 1]);
  });

  it("stay at the end of a cycle", () => {
    const opt = optimizer(0.1);
    const schedule = new optim.OneCycleLR(opt, { maxLr: 1, totalSteps: 4 });
    for (let i = 0; i < 10; i++) schedule.step();
    expect(rates(opt)[0]).toBeCloseTo(1 / 25 / 1e4, 12);
  });

  it("give momentum to an optimizer made, and used, without", async () => {
    const weight = tensor([0], { requiresGrad: true });
    const opt = new optim.SGD([weight], { lr: 1 });
    const step = () => {
      weight.mul(1).sum().backward();
      opt.step();
      opt.zeroGrad();
    };
    step();
    new optim.OneCycleLR(opt, { maxLr: 25, totalSteps: 100 }); // the rate starts at 1
    step();
    step();
    expect((await weight.data())[0]).toBeCloseTo(-1 - 1 - 1.95, 5);
    const other = new optim.SGD([weight], { lr: 1 });
    new optim.OneCycleLR(other, { maxLr: 1, totalSteps: 9, cycleMomentum: false });
    expect(other.groups[0]!.momentum).toBe(0);
  });

  it("OneCycleLR has a peak in its first step and in its last", () => {
    for (const [pctStart, peak] of [
      [0.1, 0],
      [0.25, 2],
      [1, 9],
    ] as const) {
      const opt = optimizer(1);
      const totalSteps = pctStart === 0.25 ? 12 : 10;
      const schedule = new optim.OneCycleLR(opt, { maxLr: 1, totalSteps, pctStart });
      const found = Array.from({ length: totalSteps }, () => {
        const [rate] = rates(opt);
        schedule.step();
        return rate!;
      });
      expect(found.every((rate) => rate > 0 && rate <= 1)).toBe(true);
      expect(found.indexOf(1)).toBe(peak);
    }
  });

  it("refuse unknown options", () => {
    const opt = optimizer(0.1);
    expect(() => new optim.OneCycleLR(opt, mistyped({ maxlr: 1 }))).toThrow(/OneCycleLR.*maxlr/);
    expect(() => new optim.ReduceLROnPlateau(opt, mistyped({ patients: 1 }))).toThrow(/patients/);
  });
});

describe("ReduceLROnPlateau", () => {
  it("goes on from a saved state, also one from before its first step", () => {
    for (const mode of ["min", "max"] as const) {
      for (const steps of [0, 2]) {
        const options = { mode, patience: 1, factor: 0.5 };
        const [a, b] = [optimizer(1), optimizer(1)];
        const [first, second] = [a, b].map((opt) => new optim.ReduceLROnPlateau(opt, options)) as [
          optim.ReduceLROnPlateau,
          optim.ReduceLROnPlateau,
        ];
        for (let i = 0; i < steps; i++) first.step(3);
        second.loadStateDict(JSON.parse(JSON.stringify(first.stateDict())));
        for (let i = 0; i < 3; i++) for (const plateau of [first, second]) plateau.step(3);
        expect(rates(b)).toEqual(rates(a));
        expect(rates(a)[0]).toBeLessThan(1);
      }
    }
  });
});
