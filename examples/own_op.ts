/**
 * An op of your own, with kernels in WGSL: Mish (Misra 2019, https://arxiv.org/abs/1908.08681), x·tanh(log(1 + eˣ)), and its
 * derivative. It works like the library's ops: in layers, in captured steps, in training.
 */
import "webgraft/node";
import { data, init, loadNetwork, nn, ops, optim, type Tensor, Trainer } from "webgraft";

/** A kernel that writes `formula` for every element. What is listed is declared for its code. */
const elementwise = (name: string, inputs: Record<string, "f32">, formula: string) =>
  ops.defineKernel({
    name,
    inputs,
    outputs: { out: "f32" },
    params: { n: "u32" },
    code: `@compute @workgroup_size(64)
      fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
        let i = id.y * groups.x * 64u + id.x; // as ops.linearGrid counts
        let t = tanh(max(x[i], 0.0) + log(1.0 + exp(-abs(x[i]))));
        if (i < params.n) { out[i] = ${formula}; }
      }`,
  });
const forward = elementwise("mish", { x: "f32" }, "x[i] * t");
const slope = "t + x[i] * (1.0 - t * t) / (1.0 + exp(-x[i]))";
const backward = elementwise("mish_grad", { x: "f32", dy: "f32" }, `dy[i] * (${slope})`);
const run = (kernel: ops.OwnKernel, arrays: Record<string, ops.NDArray>) => {
  const out = ops.allocate(arrays.x.shape);
  ops.launch(kernel, { ...arrays, out }, { n: out.size }, ops.linearGrid(out.size));
  return out;
};
const mish = ops.defineOp("mish", ([x]) => ({
  out: run(forward, { x }),
  grads: [ops.saving([x], (dy) => run(backward, { x, dy }))], // x is kept for that
}));
class Mish extends nn.Module {
  forward(input: Tensor): Tensor {
    return mish([input]);
  }
}

await init();
const letters = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model: network, transform } = await loadNetwork(letters);
network.requiresGrad_(false); // how like each letter a digit is tells digits apart
const model = new nn.Sequential(network, new nn.Linear(37, 64), new Mish(), new nn.Linear(64, 10));
const { train, test } = data.digits({ perClass: 50, style: "printed" });
const optimizer = new optim.Adam(model.parameters(), { lr: 5e-3 });
const trainer = new Trainer({ model, optimizer });
await trainer.fit(train, { epochs: 10, transform });
const { accuracy } = await trainer.evaluate(test, { transform });
console.log(`accuracy ${(100 * accuracy).toFixed(1)} %`);
