/** nn.MultiheadAttention against PyTorch's, see make_attention.py. */
import { describe, expect, it } from "vitest";
import { capture, nn, noGrad, randn, type Tensor, tensor } from "webgraft";
import { expectClose } from "../ops/compare.ts";
import golden from "./attention.json";
import { parameter, uniform } from "./weights.ts";

interface Case {
  readonly options: { readonly batchFirst: boolean; readonly bias: boolean };
  readonly shapes: readonly number[][];
  readonly output: readonly number[];
  readonly grads: Readonly<Record<string, readonly number[] | undefined>>;
}

const { features, heads } = golden;
const cases: Record<string, Case> = golden.cases;

function layerOf({ options }: Case): nn.MultiheadAttention {
  const layer = new nn.MultiheadAttention(features, heads, options);
  const values = Object.entries(layer.stateDict()).map(([name, { shape }]): [string, Tensor] => [
    name,
    tensor(parameter(name, shape), { shape: [...shape] }),
  ]);
  layer.loadStateDict(Object.fromEntries(values));
  return layer;
}

describe("MultiheadAttention", () => {
  it.each(Object.entries(cases))("computes PyTorch's output and gradients: %s", async (_, spec) => {
    const layer = layerOf(spec);
    const names = ["query", "key", "value"].slice(0, spec.shapes.length);
    const inputs = spec.shapes.map((shape, i) =>
      tensor(uniform(names[i]!, shape), { shape, requiresGrad: true }),
    );
    const [query, key, value] = inputs;
    const out = layer.forward(query!, key, value);
    const { shape } = out;
    expectClose("output", await out.data(), spec.output, shape, 1e-5);
    out.backward(tensor(uniform("grad", shape), { shape: [...shape] }));
    const found = [
      ...inputs.map((input, i) => [names[i]!, input] as const),
      ...layer.namedParameters(),
    ];
    expect(found.map(([name]) => name).sort()).toEqual(Object.keys(spec.grads).sort());
    for (const [name, { grad, shape }] of found)
      expectClose(`gradient of ${name}`, await grad!.data(), spec.grads[name]!, shape, 1e-5);
  });

  it("computes the same in a captured step, and drops weights in training alone", async () => {
    const layer = new nn.MultiheadAttention(8, 2, { dropout: 0.5, batchFirst: true });
    const x = randn([2, 6, 8]);
    const eager = noGrad(() => layer.eval().forward(x));
    const step = capture((input: Tensor) => noGrad(() => layer.forward(input)));
    expectClose("output", await step(x).data(), await eager.data(), eager.shape, 1e-6);
    const [a, b] = [1, 2].map(() => noGrad(() => layer.train().forward(x)));
    expect(await a!.data()).not.toEqual(await b!.data());
  });

  it("refuses heads that don't fit and inputs of other widths", () => {
    expect(() => new nn.MultiheadAttention(10, 4)).toThrow(/10 features can't be divided into 4/);
    expect(() => new nn.MultiheadAttention(8, 2).forward(randn([2, 3, 6]))).toThrow(
      /an input has shape \[2, 3, 6\]; \[L, N, 8\] is expected/,
    );
  });
});
