// docs/layers.md holds what this finds out: GRAFT_WRITE_DOCS=1 writes it anew.
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formats, models, type nn, type Tensor, tensor, transfer } from "webgraft";
import { PLAIN_ACTIVATIONS } from "../../../src/formats/index.ts";
import { tensorsOf } from "../../formats/graph_samples.ts";
import { interpret, type Plane } from "../../formats/interpret.ts";
import { type LayerSample, layerSamples } from "../../formats/layer_samples.ts";
import { uniform } from "../../golden/weights.ts";
import { expectClose } from "../../ops/compare.ts";
import { LayerTable } from "./layer_table.ts";

const DOCS = new URL("../../../docs/layers.md", import.meta.url);
const [BEGIN, END] = ["<!-- table -->\n\n", "\n\n<!-- end -->"] as const;

/** The layer with the sample's weights, which went through a PyTorch file. */
async function modelOf({ graph, weights }: LayerSample): Promise<nn.Module> {
  const build = () => models.fromArchitecture(graph, { logits: false }).eval();
  const first = build();
  if (weights.size === 0) return first;
  const values = [...weights].map(([name, { data, shape }]): [string, Tensor] => [
    name,
    tensor(data as Float32Array, { shape: [...shape] }),
  ]);
  first.loadStateDict(Object.fromEntries(values));
  const file = await formats.loadWeights(await formats.savePytorch(first.stateDict()));
  const model = build();
  expect(transfer.loadPretrained(model, file).missing).toEqual([]);
  return model;
}

type Values = ReadonlyMap<string, Float64Array>;

/** The sum of the outputs, each times a number of its own, in float64. */
function reference({ graph, weights }: LayerSample, values: Values): number {
  const [channels, height = 1, width = 1] = graph.inputShape.map(Number);
  const image: Plane = { shape: [channels!, height, width], data: values.get("input")! };
  const tensors = new Map(
    [...tensorsOf(weights)].map(([name, own]) => {
      const changed = values.get(name);
      return [name, changed ? { data: () => changed } : own];
    }),
  );
  const [out] = interpret(graph, tensors, image);
  const factors = uniform("factors", [out!.length]);
  return out!.reduce((sum, value, i) => sum + value * factors[i]!, 0);
}

/** The derivative along a direction by central differences, tensor by tensor. */
function slope(sample: LayerSample, values: Values, name: string, direction: Float32Array) {
  const at = (step: number) => {
    const moved = values.get(name)!.map((value, i) => value + step * direction[i]!);
    return reference(sample, new Map([...values, [name, moved]]));
  };
  return (at(1e-5) - at(-1e-5)) / 2e-5;
}

async function expectGradients(sample: LayerSample, model: nn.Module): Promise<void> {
  const sides = sample.graph.inputShape.map(Number);
  const image = uniform("input", sides, 1.7);
  const input = tensor(image, { shape: [1, ...sides], requiresGrad: true });
  const output = model.forward(input) as Tensor;
  const factors = tensor(uniform("factors", [output.size]), { shape: [...output.shape] });
  output.mul(factors).sum().backward();
  const all: [string, Tensor][] = [["input", input], ...model.namedParameters()];
  const values = new Map<string, Float64Array>();
  for (const [name, { data }] of sample.weights)
    values.set(name, Float64Array.from(data as Float32Array));
  values.set("input", Float64Array.from(image));
  expectClose(
    "output",
    [await output.mul(factors).sum().item()],
    [reference(sample, values)],
    [1],
    1e-4,
  );
  for (const [name, { grad, size }] of all) {
    const direction = uniform(`${name}.direction`, [size]);
    const gradient = Float64Array.from(await grad!.data());
    const along = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
    const reach = gradient.reduce((sum, g) => sum + Math.abs(g), 0);
    const expected = slope(sample, values, name, direction);
    expect(Math.abs(along - expected), `gradient of ${name}`).toBeLessThan(1e-4 * reach + 1e-6);
    expect(reach, `gradient of ${name}`).toBeGreaterThan(0);
  }
}

describe("every layer of a network that a file describes", () => {
  const table = new LayerTable();

  it.each(layerSamples.map((sample) => [sample.label, sample] as const))(
    "%s: files, weights and gradients",
    async (_, sample) => {
      const model = await modelOf(sample);
      await expectGradients(sample, model);
      const layer = Object.keys(model.stateDict()).map((name) => name.replace(/^layer\./, ""));
      await table.add(sample, layer);
    },
  );

  it("has a sample of each op", () => {
    const types = readFileSync(
      new URL("../../../src/formats/graph/network_graph.ts", import.meta.url),
    );
    const [, body] = types.toString().match(/interface OpAttrs .*\{\n([\s\S]*?)\n\}/) ?? [];
    const named = [...body!.matchAll(/^ {2}readonly (\w+): /gm)].map(([, op]) => op!);
    const ops = [...named, ...PLAIN_ACTIVATIONS].filter((op) => op !== "input" && op !== "given");
    expect(new Set(layerSamples.map(({ op }) => op))).toEqual(new Set(ops));
  });

  it("is in docs/layers.md", () => {
    expect(table.length).toBe(layerSamples.length);
    const docs = readFileSync(DOCS, "utf8");
    const [before, rest] = docs.split(BEGIN);
    const after = rest!.split(END)[1]!;
    const now = `${before}${BEGIN}${table}${END}${after}`;
    if (process.env.GRAFT_WRITE_DOCS) writeFileSync(DOCS, now);
    else
      expect(
        docs,
        "GRAFT_WRITE_DOCS=1 npx vitest run test/models/graph/layer_table writes it",
      ).toBe(now);
  });
});
