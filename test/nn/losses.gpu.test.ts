import { describe, expect, it } from "vitest";
import { F, manualSeed, nn, rand, randn, type Tensor, tensor } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

manualSeed(11);
const [a, b, c] = [randn([4, 3]), randn([4, 3]), randn([4, 3])];
const [p, q] = [rand([4, 3]), rand([4, 3])];
const signs = tensor(Int32Array.of(1, -1, -1, 1));

const cases: readonly (readonly [string, () => Tensor, () => Tensor])[] = [
  [
    "HuberLoss",
    () => new nn.HuberLoss({ delta: 0.5 }).forward(a, b),
    () => F.huberLoss(a, b, { delta: 0.5 }),
  ],
  [
    "BCELoss",
    () => new nn.BCELoss({ reduction: "sum" }).forward(p, q),
    () => F.binaryCrossEntropy(p, q, { reduction: "sum" }),
  ],
  [
    "KLDivLoss",
    () => new nn.KLDivLoss({ reduction: "batchmean" }).forward(a, q),
    () => F.klDiv(a, q, { reduction: "batchmean" }),
  ],
  [
    "TripletMarginLoss",
    () => new nn.TripletMarginLoss({ margin: 2 }).forward(a, b, c),
    () => F.tripletMarginLoss(a, b, c, { margin: 2 }),
  ],
  [
    "CosineEmbeddingLoss",
    () => new nn.CosineEmbeddingLoss({ margin: 0.2 }).forward(a, b, signs),
    () => F.cosineEmbeddingLoss(a, b, signs, { margin: 0.2 }),
  ],
];

describe("losses as layers", () => {
  it.each(cases)("%s is the function of F", async (_, layer, fn) => {
    expect(await layer().data()).toEqual(await fn().data());
  });

  it("refuse unknown options", () => {
    const all = [
      nn.HuberLoss,
      nn.BCELoss,
      nn.KLDivLoss,
      nn.TripletMarginLoss,
      nn.CosineEmbeddingLoss,
    ];
    for (const Layer of all)
      expect(() => new Layer(mistyped({ weights: 1 }))).toThrow(/unknown option "weights"/);
  });

  it("BCELoss takes outputs for the probabilities that they are", async () => {
    const loss = new nn.BCELoss();
    const outputs = Float32Array.of(0.2, 0.7);
    expect(loss.probabilities(outputs)).toEqual(outputs);
    const chosen = loss.predictions(tensor(outputs, { shape: [1, 2] }));
    expect([...(await chosen!.data())]).toEqual([0, 1]);
    expect(loss.predictions(tensor(outputs))).toBeNull();
  });

  it("KLDivLoss makes probabilities of logarithms, and means over examples", () => {
    const loss = new nn.KLDivLoss({ reduction: "batchmean" });
    expect(loss.reduction).toBe("mean");
    const [first = 0] = loss.probabilities(Float32Array.of(Math.log(0.25), Math.log(0.75)));
    expect(first).toBeCloseTo(0.25, 6);
  });
});
