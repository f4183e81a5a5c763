// Transformers, ConvNeXts and operations on any axes, as PyTorch exports them: outputs and gradients are PyTorch's.
import { describe, expect, it } from "vitest";
import { F, models, noGrad, type Tensor, tensor, transfer } from "webgraft";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { memorySource } from "../../formats/fuzz.ts";
import { tokenBytes, tokenCases } from "../../formats/onnx/tokens.ts";

async function load(bytes: Uint8Array, name: string) {
  const file = await readOnnx(bytes, memorySource(bytes, name));
  const model = models.fromArchitecture(file, { logits: false }).eval();
  transfer.loadPretrained(model, file);
  return { file, model };
}

function inputOf(shape: readonly number[]): Tensor {
  const count = shape.reduce((product, side) => product * side, 1);
  return tensor(
    Float32Array.from({ length: count }, (_, i) => Math.sin(0.1 * i)),
    { shape: [...shape] },
  );
}

function expectNear(found: ArrayLike<number>, expected: readonly number[], what: string): void {
  expect(found.length, what).toBe(expected.length);
  const most = Math.max(1, ...expected.map(Math.abs));
  expected.forEach((value, i) => {
    expect(Math.abs(found[i]! - value), `${what} ${i}`).toBeLessThan(1e-4 * most);
  });
}

const names = Object.keys(tokenCases).filter((name) => name !== "argmax");

describe("networks of any axes out of PyTorch's ONNX files", () => {
  it.each(names)("%s", async (name) => {
    const { shape, output, gradients } = tokenCases[name]!;
    const { file, model } = await load(tokenBytes(name), name);
    const x = inputOf(shape);
    const y = model.forward(x) as Tensor;
    expectNear(await y.data(), output, "output");
    const factors = Float32Array.from({ length: y.size }, (_, i) => Math.cos(i));
    F.sum(F.mul(y, tensor(factors, { shape: [...y.shape] }))).backward();
    const origins = new Map([...file.tensors.values()].map((t) => [t.name, t.originalName]));
    let compared = 0;
    for (const [own, parameter] of model.namedParameters()) {
      const torch = gradients[own] ?? gradients[origins.get(own) ?? ""];
      // Weights of linear layers are turned on the way; biases and norms tell as much.
      if (!torch || !parameter.grad) continue;
      compared++;
      expectNear((await parameter.grad.data()).slice(0, torch.length), torch, own);
    }
    expect(compared).toBeGreaterThan(0);
  });

  it("ends at the scores where the number of the best class was last", async () => {
    const { file, model } = await load(tokenBytes("argmax"), "argmax");
    const { shape, output } = tokenCases.argmax!;
    expect(file.notes.join()).toMatch(/The output ".*" tells the number of the best class/);
    const scores = noGrad(() => model.forward(inputOf(shape)) as Tensor);
    expect(scores.shape).toEqual([2, 6]);
    expect([...(await scores.argmax(1).data())]).toEqual(output);
  });
});
