import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { capture, randn, type Tensor, tensor, transfer } from "../../../src/index.ts";
import { uniform } from "../../golden/weights.ts";
import { mistyped } from "../../mistyped.ts";
import { expectClose } from "../../ops/compare.ts";

interface PairCase {
  name: string;
  shapes: [[number, number], [number, number]];
  shift: number;
  options: transfer.MmdOptions;
  loss: [number];
  gradients: [number[], number[]];
}

const golden: {
  mmd: PairCase[];
  coral: PairCase[];
  entropy: { shape: [number, number]; loss: [number]; gradient: number[] };
} = JSON.parse(readFileSync(new URL("../../golden/domain.json", import.meta.url), "utf8")).cases;

function features(name: string, shape: number[], shift = 0): Tensor {
  const values = uniform(name, shape).map((value) => value * 1.5 + shift);
  return tensor(values, { requiresGrad: true }).reshape(shape).detach().requiresGrad_(true);
}

const losses = { mmd: transfer.mmd, coral: transfer.coral };

describe.each(["mmd", "coral"] as const)("%s", (name) => {
  it.each(golden[name])("$name: the loss and its gradients are PyTorch's", async (given) => {
    const [source, target] = [
      features(`${given.name}/source`, given.shapes[0]),
      features(`${given.name}/target`, given.shapes[1], given.shift),
    ];
    const loss = losses[name](source, target, ...(name === "mmd" ? [given.options] : []));
    expect(loss.shape).toEqual([]);
    expectClose("loss", [await loss.item()], given.loss, [1], 1e-5);
    loss.backward();
    for (const [i, input] of [source, target].entries()) {
      const found = [...(await input.grad!.data())];
      expectClose(`gradient ${i}`, found, given.gradients[i]!, input.shape, 1e-4);
    }
  });

  it("is 0 between equal sets, and more the further they are apart", async () => {
    const x = randn([6, 3]);
    expect(await losses[name](x, x).item()).toBeCloseTo(0, 6);
    const apart = (by: number) => losses[name](x, x.mul(by).add(by - 1)).item();
    expect(await apart(1.5)).toBeGreaterThan(0);
    expect(await apart(3)).toBeGreaterThan(await apart(1.5));
  });

  it("is the same in a captured step", async () => {
    const [source, target] = [randn([4, 5]), randn([6, 5])];
    const step = capture((a: Tensor, b: Tensor) => losses[name](a, b));
    const expected = await losses[name](source, target).item();
    for (let i = 0; i < 3; i++) expect(await step(source, target).item()).toBeCloseTo(expected, 6);
  });

  it("refuses what isn't two batches of one layer's features", () => {
    expect(() => losses[name](randn([4, 2, 3, 3]), randn([4, 2]))).toThrow(
      /source has shape \[4, 2, 3, 3\].*flatten\(1\)/,
    );
    expect(() => losses[name](randn([4, 2]), randn([1, 2]))).toThrow(/target has shape \[1, 2\]/);
    expect(() => losses[name](randn([4, 2]), randn([4, 3]))).toThrow(/2 features and target 3/);
  });
});

describe("mmd", () => {
  it("refuses widths that aren't positive, and options it doesn't know", () => {
    const x = randn([3, 2]);
    expect(() => transfer.mmd(x, x, { scales: [1, 0] })).toThrow(/scales are \[1, 0\]/);
    expect(() => transfer.mmd(x, x, { scales: [] })).toThrow(/must be positive/);
    expect(() => transfer.mmd(x, x, mistyped({ sigma: 1 }))).toThrow(/sigma/);
  });

  it("is finite where all examples are equal", async () => {
    const x = tensor([[1, 2]])
      .expand([3, 2])
      .add(0)
      .detach()
      .requiresGrad_(true);
    const loss = transfer.mmd(x, x);
    loss.backward();
    expect(await loss.item()).toBeCloseTo(0, 6);
    expect([...(await x.grad!.data())].every(Number.isFinite)).toBe(true);
  });
});

describe("gradientReversal", () => {
  it("passes values on to the last bit, and the gradient times −λ", async () => {
    const x = randn([4, 3], { requiresGrad: true });
    const weights = randn([4, 3]);
    const out = transfer.gradientReversal(x, 0.3);
    expect(await out.data()).toEqual(await x.data());
    out.mul(weights).sum().backward();
    const expected = [...(await weights.data())].map((w) => -0.3 * w);
    expectClose("gradient", [...(await x.grad!.data())], expected, [4, 3], 1e-6);
  });

  it("takes λ from a tensor anew at each call of a captured step", async () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const step = capture((lambda: Tensor) => {
      x.grad = null;
      transfer.gradientReversal(x, lambda).sum().backward();
      return x.grad!;
    });
    for (const lambda of [0, 0.5, 2])
      expect([...(await step(tensor([lambda])).data())].map((v) => v + 0)).toEqual(
        [-lambda, -lambda].map((v) => v + 0),
      );
  });

  it("refuses a λ that isn't one finite number", () => {
    expect(() => transfer.gradientReversal(randn([2]), Number.NaN)).toThrow(/lambda is NaN/);
    expect(() => transfer.gradientReversal(randn([2]), randn([2]))).toThrow(/of shape \[2\]/);
  });

  it("has a schedule from 0 to 1", () => {
    expect(transfer.reversalSchedule(0)).toBe(0);
    expect(transfer.reversalSchedule(0.5)).toBeCloseTo(0.9866143, 7); // 2 / (1 + e⁻⁵) − 1
    expect(transfer.reversalSchedule(1)).toBeCloseTo(0.9999092, 7);
    expect(() => transfer.reversalSchedule(1.1)).toThrow(/must be 0 to 1/);
  });
});

describe("entropyLoss", () => {
  it("is PyTorch's, with its gradient", async () => {
    const { shape, loss, gradient } = golden.entropy;
    const logits = features("entropy", shape);
    const found = transfer.entropyLoss(logits);
    found.backward();
    expectClose("loss", [await found.item()], loss, [1], 1e-5);
    expectClose("gradient", [...(await logits.grad!.data())], gradient, shape, 1e-4);
  });

  it("is 0 for certain answers, log(classes) for none", async () => {
    expect(await transfer.entropyLoss(tensor([[200, 0, 0]])).item()).toBeCloseTo(0, 12);
    expect(await transfer.entropyLoss(tensor([[3, 3, 3]])).item()).toBeCloseTo(Math.log(3), 6);
    expect(() => transfer.entropyLoss(tensor([1, 2]))).toThrow(/must be \[N, classes\]/);
  });
});

describe("pseudoLabels", () => {
  const logits = tensor([
    [4, 0, 0],
    [0, 0.5, 0],
    [0, 0, 9],
  ]);

  it("are the answers that are sure enough; the others are ignored", async () => {
    const labels = transfer.pseudoLabels(logits, { threshold: 0.9 });
    expect(labels.dtype).toBe("i32");
    expect([...(await labels.data())]).toEqual([0, -100, 2]);
    const other = transfer.pseudoLabels(logits, { threshold: 0.99, ignoreIndex: -1 });
    expect([...(await other.data())]).toEqual([-1, -1, 2]);
    expect([...(await transfer.pseudoLabels(logits, { threshold: 0 }).data())]).toEqual([0, 1, 2]);
  });

  it("refuses thresholds that are no probabilities", () => {
    expect(() => transfer.pseudoLabels(logits, { threshold: 2 })).toThrow(/threshold is 2/);
  });
});
