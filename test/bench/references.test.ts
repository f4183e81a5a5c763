/** The float64 references that the benches judge by. */
import { describe, expect, it } from "vitest";
import { makeBatch, makeWeights, network } from "../../bench/engines/network.ts";
import { convolutionAt } from "../../bench/workloads/conv2d_reference.ts";
import { referenceLoss } from "../../bench/workloads/loss_reference.ts";
import { productAt } from "../../bench/workloads/matmul.ts";
import { normals, sampleIndices } from "../../bench/workloads/random.ts";

const all = (size: number) => Array.from({ length: size }, (_, i) => i);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

it("productAt multiplies rows by columns", () => {
  const [a, b] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)];
  expect([...productAt(2, a, b, [0, 1, 2, 3])]).toEqual([19, 22, 43, 50]);
});

describe("convolutionAt", () => {
  const sizes = { batch: 2, channels: 3, outChannels: 4, side: 5 };
  const operands = {
    x: normals(2 * 3 * 25, 1),
    weight: normals(4 * 3 * 9, 2),
    dy: normals(2 * 4 * 25, 3),
  };

  it("forward: a filter that picks one neighbour moves the picture", () => {
    const weight = new Float32Array(9).fill(0);
    weight[5] = 1; // right of the middle
    const x = Float32Array.from(all(9));
    const one = { batch: 1, channels: 1, outChannels: 1, side: 3 };
    const y = convolutionAt("forward", one, { x, weight, dy: x }, all(9));
    expect([...y]).toEqual([1, 2, 0, 4, 5, 0, 7, 8, 0]);
  });

  it("gradients are the adjoints of the forward pass", () => {
    const y = convolutionAt("forward", sizes, operands, all(operands.dy.length));
    const dx = convolutionAt("input", sizes, operands, all(operands.x.length));
    const dw = convolutionAt("weight", sizes, operands, all(operands.weight.length));
    const expected = dot(y, operands.dy);
    expect(dot(dx, operands.x)).toBeCloseTo(expected, 8);
    expect(dot(dw, operands.weight)).toBeCloseTo(expected, 8);
  });
});

describe("referenceLoss", () => {
  const net = network("cnn", 16);

  it("is log(classes) when the head knows nothing", () => {
    const weights = makeWeights(net, "all").map((layer) =>
      layer.layer.kind === "linear"
        ? { ...layer, weight: layer.weight.map(() => 0), bias: layer.bias.map(() => 0) }
        : layer,
    );
    expect(referenceLoss(net, weights, makeBatch(net, 3))).toBeCloseTo(Math.log(10), 12);
  });

  it("depends on every convolution", () => {
    const weights = makeWeights(net, "all");
    const batch = makeBatch(net, 2);
    const loss = referenceLoss(net, weights, batch);
    weights.forEach((changed, i) => {
      const others = weights.map((layer, j) =>
        i === j ? { ...layer, weight: changed.weight.map((value) => 1.1 * value) } : layer,
      );
      expect(Math.abs(referenceLoss(net, others, batch) - loss)).toBeGreaterThan(1e-4);
    });
  });
});

describe("random values", () => {
  it("are normal and the same for the same seed", () => {
    const values = normals(10_001, 5, 2);
    const mean =
      dot(
        values,
        values.map(() => 1),
      ) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(Math.sqrt(dot(values, values) / values.length)).toBeCloseTo(2, 1);
    expect(normals(10_001, 5, 2)).toEqual(values);
    expect(normals(4, 6)).not.toEqual(normals(4, 5));
  });

  it("samples differ from each other, and are all where there are few", () => {
    expect(new Set(sampleIndices(1000, 100, 1)).size).toBe(100);
    expect(sampleIndices(3, 100, 1)).toEqual([0, 1, 2]);
  });
});
