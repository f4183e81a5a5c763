/** How networks out of files are compared with PyTorch: outputs, and gradients of sum(output · cos(i)). */
import { expect } from "vitest";
import { F, type models, type Tensor, tensor } from "webgraft";
import type { TokenCase } from "../../formats/onnx/tokens.ts";

/** Element i is sin(0.1 i). */
export function inputOf(shape: readonly number[]): Tensor {
  const count = shape.reduce((product, side) => product * side, 1);
  return tensor(
    Float32Array.from({ length: count }, (_, i) => Math.sin(0.1 * i)),
    { shape: [...shape] },
  );
}

export function expectNear(
  found: ArrayLike<number>,
  expected: readonly number[],
  what: string,
): void {
  expect(found.length, what).toBe(expected.length);
  const most = Math.max(1, ...expected.map(Math.abs));
  expected.forEach((value, i) => {
    expect(Math.abs(found[i]! - value), `${what} ${i}`).toBeLessThan(1e-4 * most);
  });
}

/** @param originalName what the file calls a tensor of the model. @returns how many gradients were compared. */
export async function expectAsTorch(
  model: models.GraphModel,
  { shape, output, gradients }: TokenCase,
  originalName: (own: string) => string | undefined,
): Promise<number> {
  const y = model.forward(inputOf(shape)) as Tensor;
  expectNear(await y.data(), output, "output");
  const factors = Float32Array.from({ length: y.size }, (_, i) => Math.cos(i));
  F.sum(F.mul(y, tensor(factors, { shape: [...y.shape] }))).backward();
  let compared = 0;
  for (const [own, parameter] of model.namedParameters()) {
    const torch = gradients[own] ?? gradients[originalName(own) ?? ""];
    // Weights of linear layers are turned on the way; biases and norms tell as much.
    if (!torch || !parameter.grad) continue;
    compared++;
    expectNear((await parameter.grad.data()).slice(0, torch.length), torch, own);
  }
  return compared;
}
