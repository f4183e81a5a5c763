import { describe, expect, it } from "vitest";
import { data, explain, nn, predict, tensor } from "../../src/index.ts";
import { uniform } from "../golden/weights.ts";
import { expectNumbers } from "../metrics/golden.ts";
import { expectClose } from "../ops/compare.ts";
import { bars, tinyNet } from "../train/toy.ts";
import { golden, network } from "./network.ts";

const shape = [3, 3, 8, 10];
const pixels = uniform("explain/images", shape);
const images = () => tensor(pixels).reshape(shape);

describe("occlusion", () => {
  it("is the fall in probability where a square is covered, place by place", async () => {
    const model = network();
    const options = { size: 3, stride: 3, value: 0.5, classes: [2, 0, 1] };
    const found = await explain.occlusion(model, images(), { ...options, batchSize: 5 });
    expect(found.map(({ width, height }) => [width, height])).toEqual([
      [4, 3],
      [4, 3],
      [4, 3],
    ]);
    const before = await predict(model, images());
    for (const [row, column, image] of [
      [0, 0, 0],
      [2, 3, 1],
      [1, 3, 2],
    ] as const) {
      const [top, left] = [[0, 3, 5][row]!, [0, 3, 6, 7][column]!];
      const covered = pixels.map((value, i) => {
        const [y, x] = [Math.floor(i / 10) % 8, i % 10];
        return y >= top && y < top + 3 && x >= left && x < left + 3 ? 0.5 : value;
      });
      const after = await predict(model, tensor(covered).reshape(shape));
      const label = options.classes[image]!;
      const fall = before[image]!.probabilities[label]! - after[image]!.probabilities[label]!;
      expect(found[image]!.values[row * 4 + column]).toBeCloseTo(fall, 5);
    }
  });

  it("finds the bar that makes a picture's class", async () => {
    const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(24, 3));
    const weight = Float32Array.from({ length: 72 }, (_, i) =>
      Number(Math.floor((i % 6) / 2) === Math.floor(i / 24)),
    );
    model.loadStateDict({
      "1.weight": tensor(weight).reshape([3, 24]),
      "1.bias": tensor([0, 0, 0]),
    });
    const set = bars(3, { noise: 0.1 });
    const maps = await explain.occlusion(model, set, { size: 2, stride: 2 });
    for (const [i, { values, width }] of maps.entries()) {
      expect(values.indexOf(Math.max(...values)) % width).toBe(set.labels![i]);
    }
  });

  it("says what can't be asked", async () => {
    await expect(explain.occlusion(network(), images(), { size: 0.5 })).rejects.toThrow(
      /size must be a whole number/,
    );
    await expect(explain.occlusion(network(), images(), { classes: [9, 9, 9] })).rejects.toThrow(
      /class 9 is none/,
    );
  });
});

describe("embeddings and nearest", () => {
  it("are what PyTorch's last layer is given", async () => {
    const rows = await explain.embeddings(network(), images(), { batchSize: 2 });
    expect(rows.length).toBe(3);
    expectClose(
      "features",
      rows.flatMap((row) => [...row]),
      golden.embeddings,
      [3, 24],
      1e-5,
    );
  });

  it("average a map's pixels where the last layer is a convolution", async () => {
    const model = new nn.Sequential(
      new nn.ReLU(),
      new nn.Conv2d(3, 2, 1),
      new nn.AdaptiveAvgPool2d(1),
      new nn.Flatten(),
    );
    const [row] = await explain.embeddings(model, images());
    const mean = (c: number) =>
      pixels.slice(c * 80, c * 80 + 80).reduce((sum, v) => sum + Math.max(0, v), 0) / 80;
    expectNumbers(row, [0, 1, 2].map(mean), 1e-6);
  });

  it.each(["cosine", "euclidean"] as const)("are scikit-learn's neighbours by %s", (metric) => {
    const rows = (name: string, count: number) =>
      Array.from({ length: count }, (_, i) =>
        uniform(`explain/${name}`, [count, 6]).subarray(i * 6, i * 6 + 6),
      );
    const found = explain.nearest(rows("queries", 4), rows("among", 20), { metric, count: 3 });
    const { indices, distances } = golden.nearest[metric];
    expect(found.map((list) => list.map(({ index }) => index))).toEqual(indices);
    expectNumbers(
      found.map((list) => list.map(({ distance }) => distance)),
      distances,
      1e-6,
    );
  });

  it("refuse rows of other lengths", () => {
    expect(() => explain.nearest([[1, 2]], [[1, 2, 3]])).toThrow(/rows of 3 and of 2 features/);
  });
});

describe("worstMistakes", () => {
  it("lists what is wrong, the surest first", async () => {
    const [model, set] = [tinyNet(), bars(30)];
    const predictions = await predict(model, set);
    const labels = data.labelsOf(set);
    const all = explain.worstMistakes(labels, predictions, { count: 100 });
    expect(all.length).toBe(predictions.filter(({ label }, i) => label !== labels[i]).length);
    expect(all.length).toBeGreaterThan(3);
    for (const [i, { index, label, prediction, loss }] of all.entries()) {
      expect(prediction).toBe(predictions[index]);
      expect(label).toBe(labels[index]);
      expect(loss).toBeCloseTo(-Math.log(prediction.probabilities[label]!), 6);
      if (i > 0) expect(loss).toBeLessThanOrEqual(all[i - 1]!.loss);
    }
    expect(explain.worstMistakes(labels, predictions, { count: 2 })).toEqual(all.slice(0, 2));
    expect(() => explain.worstMistakes([1], predictions)).toThrow(/1 labels, but 30 predictions/);
  });
});
