import { describe, expect, it } from "vitest";
import { makeWeights, network, stepFlops } from "../../bench/engines/network.ts";
import {
  channelsLast,
  flattenedChannelsLast,
  transposed,
  weightsChannelsLast,
} from "../../bench/peers/layouts.ts";

describe("network", () => {
  it("VGG-16 has 13 convolutions, 5 poolings and its published number of weights", () => {
    const net = network("vgg16", 32);
    const kinds = net.layers.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "conv")).toHaveLength(13);
    expect(kinds.filter((kind) => kind === "pool")).toHaveLength(5);
    const weights = makeWeights(net, "all");
    const count = weights.reduce((sum, { weight, bias }) => sum + weight.length + bias.length, 0);
    expect(count).toBe(14_714_688 + 512 * 10 + 10);
  });

  it("trains the last layers only where asked", () => {
    const trained = (part: Parameters<typeof makeWeights>[1]) =>
      makeWeights(network("vgg16"), part).map((layer) => layer.trained);
    expect(trained("head").filter(Boolean)).toHaveLength(1);
    expect(trained("lastBlock").slice(-4)).toEqual([true, true, true, true]);
    expect(trained("lastBlock").filter(Boolean)).toHaveLength(4);
    expect(trained("all").every(Boolean)).toBe(true);
  });

  it("counts a step's operations", () => {
    const net = network("vgg16", 32);
    // Published for 224×224: 15,346,630,656 multiply-adds in the convolutions.
    const convolutions = (2 * 15_346_630_656) / 49;
    const linear = 2 * 512 * 10;
    expect(stepFlops(net, "head", 1)).toBe(convolutions + 2 * linear);
    // The first layer needs no input gradient.
    const first = 2 * 3 * 64 * 9 * 32 * 32;
    expect(stepFlops(net, "all", 2)).toBe(2 * (3 * (convolutions + linear) - first));
  });
});

describe("layouts with channels last", () => {
  it("moves channels behind the pixels", () => {
    expect([...channelsLast(Float32Array.of(1, 2, 3, 4, 5, 6), 1, 2, 3)]).toEqual([
      1, 4, 2, 5, 3, 6,
    ]);
    expect([...transposed(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it("filters: [out, in, 3, 3] → [3, 3, in, out]", () => {
    const [outputs, inputs] = [2, 3];
    const values = Float32Array.from({ length: outputs * inputs * 9 }, (_, i) => i);
    const moved = weightsChannelsLast(values, outputs, inputs);
    for (let o = 0; o < outputs; o++)
      for (let c = 0; c < inputs; c++)
        for (let tap = 0; tap < 9; tap++)
          expect(moved[(tap * inputs + c) * outputs + o]).toBe(values[(o * inputs + c) * 9 + tap]);
  });

  it("a linear layer's inputs in the order of a map flattened with channels last", () => {
    const values = Float32Array.from({ length: 2 * 3 * 4 }, (_, i) => i);
    const moved = flattenedChannelsLast(values, 2, 2);
    expect([...moved.slice(0, 6)]).toEqual([0, 4, 8, 1, 5, 9]);
    expect(moved[12]).toBe(12);
  });
});
