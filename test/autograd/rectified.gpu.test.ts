// Gradients that are added up and zeroed in the launches that compute them: the same as where each is a launch of its own.
import { describe, expect, it } from "vitest";
import { recordStep } from "../../src/autograd/capture/recorded_step.ts";
import { capture, F, type Tensor, tensor } from "../../src/autograd/index.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { expectClose } from "../ops/compare.ts";
import { uniform } from "../ops/seeded.ts";
import { deviceWith, gpuProfile, onDevice, profiles } from "../profiles.ts";

const made = (shape: number[], seed: number, requiresGrad = false) =>
  tensor(
    uniform(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    { shape, requiresGrad },
  );

/** Batch normalisation with statistics, weight and bias of its own. */
function norm(x: Tensor, weight = 1.5): Tensor {
  const each = (value: number) => tensor(new Float32Array(x.shape[1]!).fill(value));
  return F.batchNorm(x, { training: true, weight: each(weight), bias: each(0.25) });
}

type Leaves = Record<"x" | "a" | "b" | "c", Tensor>;

const leaves = (): Leaves => ({
  x: made([2, 3, 8, 8], 1, true),
  a: made([4, 3, 3, 3], 2, true),
  b: made([4, 4, 3, 3], 3, true),
  c: made([4, 4, 1, 1], 4, true),
});

/** Networks in which a ReLU's result is used once, or by several ops that zero its gradient or don't. */
const networks: Record<string, (leaves: Leaves) => Tensor> = {
  "a chain of convolutions": ({ x, a, b, c }) =>
    F.conv2d(F.relu(F.conv2d(F.relu(F.conv2d(x, a)), b)), c),
  "a ReLU of its own": ({ x, a, b }) => F.conv2d(F.relu(F.conv2d(x, a).mul(2)), b),
  ReLU6: ({ x, a, b }) => F.conv2d(F.relu6(F.conv2d(x, a).mul(4)), b),
  "two convolutions": ({ x, a, b, c }) => {
    const hidden = F.relu(F.conv2d(x, a));
    return F.conv2d(hidden, b, null, { padding: 1 }).add(F.conv2d(hidden, c));
  },
  "a shortcut": ({ x, a, b, c }) => {
    const hidden = F.relu(F.conv2d(x, a));
    const block = F.conv2d(F.relu(F.conv2d(hidden, b, null, { padding: 1 })), c);
    return F.relu(block.add(hidden));
  },
  "use before and after the convolution": ({ x, a, c }) => {
    const hidden = F.relu(F.conv2d(x, a));
    const before = hidden.square();
    return before.add(F.conv2d(hidden, c)).add(hidden.exp());
  },
  "the same input twice": ({ x, a, c }) => {
    const hidden = F.relu(F.conv2d(x, a)).reshape([4, 4, 1, -1]);
    return F.conv2d(hidden, c.mul(1)).add(hidden);
  },
  pooling: ({ x, a, b }) =>
    F.conv2d(F.maxPool2d(F.relu(F.conv2d(x, a)), { kernelSize: 2 }), b, null, { padding: 1 }),
  "pooling of what is used elsewhere": ({ x, a, c }) => {
    const hidden = F.relu(F.conv2d(x, a));
    const pooled = F.maxPool2d(hidden, { kernelSize: 3, stride: 2, padding: 1 });
    return F.conv2d(pooled, c).sum().add(hidden.square().sum());
  },
  "batch normalisation and ReLU": ({ x, a, b }) =>
    F.conv2d(F.relu(norm(F.conv2d(x, a))), b, null, { padding: 1 }),
  "batch normalisation and ReLU6": ({ x, a, b }) =>
    F.conv2d(F.relu6(norm(F.conv2d(x, a)).mul(1)), b).add(F.relu6(norm(F.conv2d(x, a), 4)).mean()),
  "batch normalisation and SiLU": ({ x, a, b, c }) =>
    F.conv2d(F.conv2d(F.silu(norm(F.conv2d(x, a))), b), c),
  "a residual block": ({ x, a, b, c }) => {
    const hidden = F.relu(norm(F.conv2d(x, a)));
    const block = norm(F.conv2d(F.relu(norm(F.conv2d(hidden, b, null, { padding: 1 }))), c));
    return F.relu(block.add(hidden)).square();
  },
  "a residual block whose shortcut is normalised too": ({ x, a, b, c }) => {
    const hidden = F.relu(norm(F.conv2d(x, a)));
    const sum = norm(F.conv2d(hidden, b, null, { padding: 1 })).add(norm(F.conv2d(hidden, c)));
    return F.conv2d(F.relu(sum), c);
  },
  "a sum without ReLU": ({ x, a, b, c }) => {
    const hidden = F.relu6(norm(F.conv2d(x, a), 5));
    return F.conv2d(hidden.add(norm(F.conv2d(hidden, c))), b);
  },
  "overlapping windows": ({ x, a, c }) =>
    F.conv2d(F.maxPool2d(F.relu(F.conv2d(x, a)), { kernelSize: 3, stride: 2, padding: 1 }), c),
};

type Network = (typeof networks)[string];

const gradients = async (all: Leaves) =>
  Promise.all(Object.values(all).map(async ({ grad }) => (await grad?.data()) ?? null));

async function eager(network: Network) {
  const all = leaves();
  network(all).square().sum().backward();
  return gradients(all);
}

async function captured(network: Network) {
  const all = leaves();
  const step = capture(() => {
    for (const leaf of Object.values(all)) leaf.grad = null;
    network(all).square().sum().backward();
  });
  for (let i = 0; i < 2; i++) step();
  const found = await gradients(all);
  step.dispose();
  return found;
}

/** Each kernel is compiled once for all networks. */
const plain = deviceWith(profiles.plain);
const gpu = deviceWith(gpuProfile(currentDevice()));
const onGpu = <T>(fn: () => T | Promise<T>) => onDevice(gpu, fn);

describe.each(Object.entries(networks))("%s", (_, network) => {
  it("has the same gradients, eager and captured", async () => {
    const expected = await onDevice(plain, () => eager(network));
    const runs = [
      () => onDevice(plain, () => captured(network)),
      () => onGpu(() => eager(network)),
      () => onGpu(() => captured(network)),
    ];
    for (const run of runs) {
      const found = await run();
      found.forEach((values, i) => {
        const wanted = expected[i]!;
        if (!values || !wanted) expect(values).toBe(wanted);
        else expectClose(`gradient ${i}`, values, Float64Array.from(wanted), [wanted.length], 1e-5);
      });
    }
  });
});

it("takes no launches of its own on a GPU", async () => {
  const kernels = (network: Network) =>
    onGpu(() => {
      const all = leaves();
      const { recorder, memory } = recordStep(() => {
        for (const leaf of Object.values(all)) leaf.grad = null;
        network(all).sum().backward();
      }, []);
      memory.release();
      return recorder.launches.map(({ kernel }) => kernel.name);
    });
  const added = ["relu_grad", "activation", "activation_grad", "add_into", "unary"];
  const fused = [
    "a chain of convolutions",
    "pooling",
    "overlapping windows",
    "batch normalisation and ReLU",
    "batch normalisation and SiLU",
  ];
  for (const name of fused)
    for (const kernel of added) expect(await kernels(networks[name]!), name).not.toContain(kernel);
  const block = await kernels(networks["a sum without ReLU"]!);
  for (const kernel of ["activation", "activation_grad", "add_into", "binary"])
    expect(block).not.toContain(kernel);
  const own = await kernels(networks["use before and after the convolution"]!);
  expect(own).toContain("relu_grad");
});
