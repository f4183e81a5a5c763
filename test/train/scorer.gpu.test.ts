// Functions of all examples at once, as metrics of trainers and evaluations.
import { describe, expect, it } from "vitest";
import { data, evaluate, metrics, nn, predict } from "../../src/index.ts";
import { bars, makeTrainer, tinyNet } from "./toy.ts";

const f1 = metrics.makeScorer("f1", (yTrue, yPred) =>
  metrics.f1Score(yTrue, yPred, { average: "macro" }),
);
const areas = metrics.makeScorer("areas", (yTrue, outputs) => metrics.rocAucScore(yTrue, outputs), {
  needs: "outputs",
});

describe("makeScorer", () => {
  it("gives what the function gives for all examples, whatever the batches", async () => {
    const [model, set] = [tinyNet(), bars(20)];
    const found = await evaluate(model, set, { metrics: [f1, areas], batchSize: 7 });
    const predicted = await predict(model, set);
    const yTrue = data.labelsOf(set);
    const labels = predicted.map(({ label }) => label);
    const outputs = predicted.map((one) => one.outputs);
    expect(found.metrics.f1).toBe(metrics.f1Score(yTrue, labels, { average: "macro" }));
    expect(found.metrics.areas).toBeCloseTo(metrics.rocAucScore(yTrue, outputs), 12);
  });

  it("serves a trainer, whose epochs have its figure", async () => {
    const trainer = makeTrainer({ metrics: [f1] });
    const history = await trainer.fit(bars(12), { batchSize: 4, epochs: 2, validation: bars(9) });
    for (const { metrics, validation } of history.epochs) {
      expect(metrics.f1).toBeGreaterThanOrEqual(0);
      expect(validation!.metrics.f1).toBeLessThanOrEqual(1);
    }
  });

  it("is given rows where several labels can be right", async () => {
    const yTrue = Array.from({ length: 10 }, (_, i) => [i % 2, i % 3 === 0 ? 1 : 0, i > 6 ? 1 : 0]);
    const set = data.fromArrays(
      new Float32Array(240).map((_, i) => Math.sin(i)),
      [1, 4, 6],
      yTrue,
    );
    const average = "samples" as const;
    const bySample = metrics.makeScorer("bySample", (yTrue, yPred) =>
      metrics.f1Score(yTrue, yPred, { average, zeroDivision: 1 }),
    );
    const model = tinyNet();
    const loss = new nn.BCEWithLogitsLoss();
    const found = await evaluate(model, set, { loss, metrics: bySample, batchSize: 4 });
    const predicted = await predict(model, set, { loss });
    const rows = predicted.map(({ outputs }) => outputs.map((logit) => (logit > 0 ? 1 : 0)));
    expect(found.metrics.bySample).toBe(metrics.f1Score(yTrue, rows, { average, zeroDivision: 1 }));
  });
});
