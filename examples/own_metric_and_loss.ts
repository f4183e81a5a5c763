/**
 * A loss and a metric of your own. The focal loss (Lin et al. 2017, https://arxiv.org/abs/1708.02002) counts an example
 * the less, the surer the network is of it: −(1 − p)^γ log p. The metric says how sure it is of what it gets wrong.
 */
import "webgraft/node";
import * as graft from "webgraft";

const { data, F, nn, optim, transfer } = graft;

class FocalLoss extends nn.Loss {
  /** Class numbers: labels are checked, and accuracy and probabilities are as for cross-entropy. */
  readonly targets = "classes";
  readonly gamma = 2;

  /** Logits [N, C] and classes [N] → one number. */
  forward(logits: graft.Tensor, classes: graft.Tensor): graft.Tensor {
    const logP = F.logSoftmax(logits, 1).gather(1, classes.unsqueeze(1));
    const weight = logP.exp().neg().add(1).pow(this.gamma);
    return weight.mul(logP).mean().neg();
  }
}

const sureWhenWrong: graft.Metric<{ sum: number; count: number }> = {
  name: "sureWhenWrong",
  reset: () => ({ sum: 0, count: 0 }),
  update(state, { outputs, width, predictions, targets }) {
    for (let i = 0; i < targets.length; i++) {
      if (predictions[i] === targets[i]) continue;
      const weights = outputs.subarray(i * width, (i + 1) * width).map(Math.exp);
      state.sum += weights[predictions[i]] / weights.reduce((a, b) => a + b);
      state.count++;
    }
  },
  compute: ({ sum, count }) => sum / count,
};
await graft.init();
graft.manualSeed(1);
const letters = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model, transform } = await graft.loadNetwork(letters);
transfer.replaceHead(model, 10);
transfer.freeze(model, "features");
const cache = new transfer.FeatureCache(model);
const { train, test } = data.digits({ perClass: 15, testPerClass: 10 });
const optimizer = new optim.Adam(cache.remainder.parameters(), { lr: 0.01 });
const how = { optimizer, loss: new FocalLoss(), metrics: ["accuracy", sureWhenWrong] } as const;
const trainer = new graft.Trainer({ model: cache.remainder, ...how });
await trainer.fit(await cache.compute(train, { transform }), { epochs: 20, batchSize: 16 });
const { accuracy, metrics } = await trainer.evaluate(await cache.compute(test, { transform }));
console.log(`accuracy ${(100 * accuracy).toFixed(1)} %`);
console.log(`sure of what is wrong: ${(100 * metrics.sureWhenWrong).toFixed(1)} %`);
