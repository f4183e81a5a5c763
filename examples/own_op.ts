/**
 * An op of your own, with kernels in WGSL: TanhExp (Liu & Di 2020, https://arxiv.org/abs/2003.09855), x·tanh(eˣ), and its
 * derivative. It works like the library's ops: in layers, in captured steps, in training.
 */
import "webgraft/node";
import { data, init, loadNetwork, nn, ops, optim, type Tensor, Trainer, transfer } from "webgraft";

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
        let t = tanh(exp(min(x[i], 3.0))); // tanh is 1 from there on
        if (i < params.n) { out[i] = ${formula}; }
      }`,
  });
const forward = elementwise("tanhexp", { x: "f32" }, "x[i] * t");
const slope = "(t + x[i] * exp(min(x[i], 3.0)) * (1.0 - t * t))";
const backward = elementwise("tanhexp_grad", { x: "f32", dy: "f32" }, `dy[i] * ${slope}`);
const run = (kernel: ops.OwnKernel, arrays: Record<string, ops.NDArray>) => {
  const out = ops.allocate(arrays.x.shape);
  ops.launch(kernel, { ...arrays, out }, { n: out.size }, ops.linearGrid(out.size));
  return out;
};
const curve = ops.defineOp("tanhExp", ([x]) => ({
  out: run(forward, { x }),
  grads: [ops.saving([x], (dy) => run(backward, { x, dy }))], // x is kept for that
}));
class TanhExp extends nn.Module {
  forward(input: Tensor): Tensor {
    return curve([input]);
  }
}
await init();
const letters = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model: base, transform } = await loadNetwork(letters);
base.requiresGrad_(false); // how like each letter a digit is tells digits apart
const head = [new nn.Flatten(), new nn.Linear(37, 64), new TanhExp(), new nn.Linear(64, 10)];
const cache = new transfer.FeatureCache(new nn.Sequential(base, ...head));
const { train, test } = data.digits({ perClass: 20, testPerClass: 10, style: "printed" });
const optimizer = new optim.Adam(cache.remainder.parameters(), { lr: 5e-3 });
const trainer = new Trainer({ model: cache.remainder, optimizer });
await trainer.fit(await cache.compute(train, { transform }), { epochs: 20 });
const { accuracy } = await trainer.evaluate(await cache.compute(test, { transform }));
console.log(`accuracy ${(100 * accuracy).toFixed(1)} %`);
