import { describe, expect, it } from "vitest";
import { type Compound, decomposed } from "../../../src/formats/graph/decompose.ts";
import type { OpAttrs, OpName } from "../../../src/formats/graph/network_graph.ts";
import { Sketch } from "../graph_samples.ts";
import { interpret } from "../interpret.ts";

const ALL: ReadonlySet<Compound> = new Set([
  "silu",
  "hardswish",
  "hardsigmoid",
  "gelu",
  "clamp",
  "elu",
]);

function expectSame<K extends Compound & OpName>(op: K, attrs: OpAttrs[K]) {
  const s = new Sketch([9]);
  s.add(op, "act", ["input"], attrs);
  s.add("tanh", "act_1", ["act"], {});
  const graph = s.finish(["act", "act_1"]);
  const simple = decomposed(graph, ALL);
  const names = simple.nodes.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const data = Float64Array.from([-5, -3, -1, -0.4, 0, 0.4, 1, 3, 5]);
  const image = { shape: [9, 1, 1] as const, data };
  const [before, after] = [graph, simple].map((network) => interpret(network, new Map(), image));
  before.forEach((values, output) => {
    values.forEach((value, i) => {
      expect(after[output][i]).toBeCloseTo(value, 12);
    });
  });
  return simple.nodes.map((node) => node.op);
}

describe("compound ops out of simple ones", () => {
  it("computes the same", () => {
    expect(expectSame("silu", {})).toEqual(["input", "sigmoid", "mul", "tanh"]);
    expect(expectSame("hardsigmoid", {})).toEqual(["input", "rescale", "relu6", "rescale", "tanh"]);
    expect(expectSame("hardswish", {})).toContain("mul");
    expect(expectSame("gelu", { approximate: "tanh" })).not.toContain("gelu");
    expect(expectSame("clamp", { min: -2, max: 0.7 })).toHaveLength(5);
    expect(expectSame("elu", { alpha: 0.3 })).toContain("relu");
  });

  it("leaves alone what needs no help", () => {
    expect(expectSame("gelu", { approximate: "none" })).toEqual(["input", "gelu", "tanh"]);
    expect(expectSame("clamp", { min: 0, max: 3 })).toEqual(["input", "clamp", "tanh"]);
    expect(expectSame("elu", { alpha: 1 })).toEqual(["input", "elu", "tanh"]);
  });
});
