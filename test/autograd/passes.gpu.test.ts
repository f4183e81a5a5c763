// Ops of a captured step wait until they are needed, and are rewritten meanwhile; the numbers stay what they are.
import { describe, expect, it } from "vitest";
import { recordStep } from "../../src/autograd/capture/recorded_step.ts";
import {
  capture,
  checkpoint,
  F,
  noGrad,
  recordOps,
  type Tensor,
  tensor,
  zeros,
} from "../../src/autograd/index.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { nn } from "../../src/index.ts";
import { SGD } from "../../src/optim/index.ts";

const ramp = (shape: number[], seed = 0) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.sin(1.7 * i + seed),
    ),
    { shape },
  );

/** Names of the kernels that a step launches. */
function kernelsOf(fn: (x: Tensor) => unknown, x: Tensor, passes?: []): string[] {
  const { recorder, memory } = recordStep(fn, [x], passes);
  memory.release();
  return recorder.launches.map(({ kernel }) => kernel.name);
}

const relus = (names: readonly string[]) => names.filter((name) => name === "unary").length;

async function expectClose(a: Tensor, b: Tensor): Promise<void> {
  const expected = await b.data();
  (await a.data()).forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-4 * (1 + Math.abs(expected[i]!)));
  });
}

/** A residual block in plain code, as no container sees it. */
class Block extends nn.Module {
  conv1 = new nn.Conv2d(4, 4, 3, { padding: 1, bias: false });
  bn1 = new nn.BatchNorm2d(4);
  conv2 = new nn.Conv2d(4, 4, 3, { padding: 1 });
  bn2 = new nn.BatchNorm2d(4);
  override forward(x: Tensor): Tensor {
    const hidden = F.relu(this.bn1.forward(this.conv1.forward(x)));
    return F.relu(this.bn2.forward(this.conv2.forward(hidden)).add(x));
  }
}

describe("a ReLU", () => {
  it("runs with the convolution or linear layer before it, in code of any kind", async () => {
    const conv = new nn.Conv2d(2, 5, 3, { padding: 1 });
    const linear = new nn.Linear(180, 4);
    const run = (x: Tensor) => F.relu(linear.forward(F.relu(conv.forward(x)).flatten(1)));
    const x = ramp([2, 2, 6, 6]);
    expect(relus(kernelsOf(run, x, []))).toBe(2);
    expect(relus(kernelsOf(run, x))).toBe(0);
    const step = capture(run);
    expect(await step(x).data()).toEqual(await run(x).data());
    step.dispose();
  });

  it("leaves the gradients what they are, bit for bit", async () => {
    const conv = new nn.Conv2d(2, 5, 3, { padding: 1 });
    const train = (x: Tensor) => F.relu(conv.forward(x)).square().sum().backward();
    const gradients = () => Promise.all(conv.parameters().map(({ grad }) => grad!.data()));
    const x = ramp([2, 2, 6, 6]);
    train(x);
    const expected = await gradients();
    for (const parameter of conv.parameters()) parameter.grad = null;
    const step = capture(train);
    step(x);
    expect(await gradients()).toEqual(expected);
    step.dispose();
  });

  it("runs by itself where what it takes is used, or asked for, elsewhere", async () => {
    const conv = new nn.Conv2d(2, 3, 3);
    const x = ramp([1, 2, 6, 6]);
    const twice = (input: Tensor) => {
      const y = conv.forward(input);
      return F.relu(y).add(y);
    };
    expect(relus(kernelsOf(twice, x))).toBe(1);
    const both = (input: Tensor) => {
      const y = conv.forward(input);
      return { y, relu: F.relu(y) };
    };
    expect(relus(kernelsOf(both, x))).toBe(1);
    const cut = (input: Tensor) => F.relu(conv.forward(input).detach());
    const step = capture(cut);
    expect(step(x).requiresGrad).toBe(false);
    expect(await step(x).data()).toEqual(await cut(x).data());
    step.dispose();
  });

  it("is recorded once more only where the value before it can't be had any more", () => {
    const linear = new nn.Linear(3, 2);
    const count = { early: 0, late: 0 };
    const early = (x: Tensor) => {
      count.early++;
      const before = linear.forward(x.mul(2));
      F.relu(before).sum().backward();
      return before;
    };
    const late = (x: Tensor) => {
      count.late++;
      const before = linear.forward(x.mul(2));
      F.relu(before).sum().backward();
      nn.init.zeros_(linear.weight);
      return before;
    };
    for (const fn of [early, late]) capture(fn)(tensor([[1, 2, 3]]));
    expect(count).toEqual({ early: 1, late: 2 });
  });

  it("gives way when the value before it is asked for later, also when the weights have moved on", async () => {
    const make = () => {
      const linear = new nn.Linear(3, 2);
      nn.init.constant_(linear.weight, 0.5);
      nn.init.constant_(linear.bias!, 0.1);
      const optimizer = new SGD(linear.parameters(), { lr: 0.5 });
      const train = (x: Tensor) => {
        optimizer.zeroGrad();
        const before = linear.forward(x);
        F.relu(before).sum().backward();
        const inTime = before.mul(2);
        optimizer.step();
        return { late: before.mul(3), inTime, before };
      };
      return train;
    };
    const [eager, step] = [make(), capture(make())];
    for (let i = 0; i < 2; i++) {
      const x = tensor([[1, 2, 3]]);
      const [expected, got] = [eager(x), step(x)];
      for (const name of ["late", "inTime", "before"] as const)
        expect(await got[name].data()).toEqual(await expected[name].data());
    }
    step.dispose();
  });
});

describe("batch normalisation with fixed statistics", () => {
  async function trained(): Promise<Block> {
    const block = new Block();
    for (let i = 0; i < 3; i++) block.forward(ramp([4, 4, 9, 7], i));
    for (const norm of [block.bn1, block.bn2]) {
      nn.init.uniform_(norm.weight!, 0.5, 2);
      nn.init.normal_(norm.bias!);
    }
    return block;
  }

  it("folds into its convolution, and the ReLU with it, in code of any kind", async () => {
    const block = (await trained()).eval().requiresGrad_(false);
    const x = ramp([2, 4, 9, 7]);
    const names = kernelsOf((input) => block.forward(input), x);
    expect(names.filter((name) => name === "fold_batch_norm")).toHaveLength(2);
    expect(names.some((name) => name.startsWith("normalize"))).toBe(false);
    const step = capture((input: Tensor) => block.forward(input));
    await expectClose(step(x), block.forward(x));
    step.dispose();
  });

  it("passes the same gradient to what is trained before it", async () => {
    const block = (await trained()).requiresGrad_(false);
    const scale = tensor([0.5], { requiresGrad: true });
    const train = (x: Tensor) => block.forward(x.mul(scale)).square().mean().backward();
    train(ramp([2, 4, 9, 7]));
    const expected = scale.grad!;
    scale.grad = null;
    const step = capture(train);
    step(ramp([2, 4, 9, 7]));
    await expectClose(scale.grad!, expected);
    step.dispose();
  });

  it("stays apart while it trains, and while the convolution does", async () => {
    const block = await trained();
    const folds = (model: Block) =>
      kernelsOf((x) => model.forward(x), ramp([2, 4, 9, 7])).filter(
        (name) => name === "fold_batch_norm",
      ).length;
    expect(folds(block)).toBe(0);
    block.eval();
    expect(folds(block)).toBe(0);
    block.bn1.requiresGrad_(false);
    expect(folds(block)).toBe(0);
    block.conv1.requiresGrad_(false);
    expect(folds(block)).toBe(1);
    expect(kernelsOf((x) => noGrad(() => block.forward(x)), ramp([2, 4, 9, 7]))).toContain(
      "fold_batch_norm",
    );
  });
});

describe("ops that wait", () => {
  it("say what is wrong where they are called", () => {
    const seen: unknown[] = [];
    const step = capture((x: Tensor) => {
      try {
        x.add(ramp([7]));
      } catch (error) {
        seen.push(error);
      }
      return F.relu(x);
    });
    step(ramp([2]));
    expect(String(seen[0])).toMatch(/add: shapes \[2\] and \[7\]/);
    step.dispose();
  });

  it("read what they were given, whatever is written afterwards", async () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const step = capture((x: Tensor) => {
      nn.init.constant_(w, 3);
      const before = x.mul(w);
      nn.init.constant_(w, 5);
      return before.add(x.mul(w));
    });
    for (let i = 0; i < 2; i++)
      expect(await step(tensor([1, 10])).data()).toEqual(new Float32Array([8, 80]));
    step.dispose();
  });

  it("run in the mode that they were called in, and in checkpoints", async () => {
    const linear = new nn.Linear(3, 3);
    const x = ramp([2, 3]);
    const train = () => {
      for (const parameter of linear.parameters()) parameter.grad = null;
      const hidden = linear.forward(x);
      const constant = noGrad(() => linear.forward(x));
      const out = checkpoint((y) => F.dropout(F.relu(linear.forward(y)), 0), hidden);
      out.mul(constant).sum().backward();
    };
    train();
    const expected = await linear.weight.grad!.data();
    const step = capture(train);
    step();
    expect(await linear.weight.grad!.data()).toEqual(expected);
    step.dispose();
  });
});

describe("recordOps", () => {
  it("lists what a function applies, without running anything", () => {
    const block = new Block().eval();
    const x = zeros([1, 4, 5, 5]);
    const before = currentDevice().stream.dispatches;
    const { ops, result } = recordOps(() => block.forward(x));
    expect(currentDevice().stream.dispatches).toBe(before);
    expect(ops.map(({ name }) => name)).toEqual([
      "conv2d",
      "batchNorm",
      "relu",
      "conv2d",
      "batchNorm",
      "add",
      "relu",
    ]);
    expect(result).toBe(ops.at(-1)!.output);
    expect(result.shape).toEqual([1, 4, 5, 5]);
    expect(result.requiresGrad).toBe(false);
    expect(ops[2]!.inputs[0]).toBe(ops[1]!.output);
  });

  it("computes what is read all the same", async () => {
    const { ops } = recordOps(() => tensor([1, 2]).mul(3).add(1));
    expect(await ops[1]!.output.data()).toEqual(new Float32Array([4, 7]));
  });
});
