import { describe, expect, it } from "vitest";
import { capture, nn, noGrad, randn, type Tensor } from "../../src/index.ts";
import { traceModel } from "../../src/models/index.ts";

async function trainedStatistics(options: { bias: boolean; affine: boolean }) {
  const conv = new nn.Conv2d(3, 5, 3, { padding: 1, bias: options.bias });
  const norm = new nn.BatchNorm2d(5, { affine: options.affine });
  for (let i = 0; i < 3; i++) norm.forward(conv.forward(randn([4, 3, 9, 7])));
  if (norm.weight) nn.init.uniform_(norm.weight, 0.5, 2);
  if (norm.bias) nn.init.normal_(norm.bias);
  return new nn.Sequential(conv, norm, new nn.ReLU()).eval();
}

describe("frozen batch normalisation", () => {
  for (const bias of [true, false]) {
    for (const affine of [true, false]) {
      it(`folds into its convolution (bias ${bias}, affine ${affine})`, async () => {
        const chain = (await trainedStatistics({ bias, affine })).requiresGrad_(false);
        const data = randn([2, 3, 9, 7]);
        const inputs = [data, data].map((x) => asLeaf(x));
        const cotangent = randn([2, 5, 9, 7]);
        const run = (x: Tensor) => {
          const output = chain.forward(x);
          output.backward(cotangent);
          return output;
        };
        const step = capture(() => run(inputs[0]!));
        const outputs = [step(), run(inputs[1]!)];
        const [a, b] = await Promise.all(outputs.map((t) => t.data()));
        expectClose(a!, b!);
        const [da, db] = await Promise.all(inputs.map((x) => x.grad!.data()));
        expectClose(da!, db!);
      });
    }
  }

  it("stays apart while it trains, and in a traced model", async () => {
    const chain = await trainedStatistics({ bias: true, affine: true });
    const weight = chain.get("1") as nn.BatchNorm2d;
    chain
      .train()
      .forward(randn([2, 3, 9, 7]))
      .sum()
      .backward();
    expect(weight.weight!.grad).not.toBeNull();
    chain.requiresGrad_(false);
    const ops = noGrad(() => traceModel(chain, [3, 9, 7])).graph.nodes.map(({ op }) => op);
    expect(ops).toEqual(["input", "conv2d", "batchNorm", "relu"]);
  });

  it("of a model that is traced runs in evaluation, and each layer keeps its mode", async () => {
    const chain = (await trainedStatistics({ bias: true, affine: true })).train();
    chain.append(new nn.Dropout());
    chain.get("1").eval();
    const modes = () => chain.modules().map(({ training }) => training);
    const before = modes();
    expect(before).toEqual([true, true, false, true, true]);
    const { nodes } = traceModel(chain, [3, 9, 7]).graph;
    expect(nodes.map(({ op }) => op)).toEqual(["input", "conv2d", "batchNorm", "relu"]);
    expect(modes()).toEqual(before);
  });
});

function asLeaf(x: Tensor): Tensor {
  return x.detach().requiresGrad_();
}

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>): void {
  for (let i = 0; i < b.length; i++)
    expect(Math.abs(a[i]! - b[i]!)).toBeLessThan(1e-4 * (1 + Math.abs(b[i]!)));
}
