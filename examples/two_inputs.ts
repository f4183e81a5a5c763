/**
 * A network with two inputs: of two printed digits, is the first the larger? `forward` takes two tensors, and the loop is
 * one's own, around a captured step that takes as many as it likes.
 */
import "webgraft/node";
import * as graft from "webgraft";

const { data, F, nn, optim, transfer } = graft;
type Tensor = graft.Tensor;
await graft.init();
graft.manualSeed(1);
const weights = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model: letters, transform } = await graft.loadNetwork(weights);
const cache = new transfer.FeatureCache(letters.requiresGrad_(false)); // runs once a picture

class Larger extends nn.Module {
  /** Tells 37 letters apart; how like each of them a digit is tells digits apart. */
  readonly letters = cache.remainder;
  readonly head = new nn.Sequential(new nn.Linear(74, 64), new nn.ReLU(), new nn.Linear(64, 1));

  /** Two batches of maps [N, 64, 2, 2] → logits [N]. */
  forward(first: Tensor, second: Tensor): Tensor {
    const seen = [first, second].map((maps) => this.letters.forward(maps) as Tensor);
    return this.head.forward(F.concat(seen, 1)).flatten();
  }
}
const model = new Larger();
const optimizer = new optim.Adam(model.head.parameters(), { lr: 3e-3 });
const step = graft.capture((first: Tensor, second: Tensor, larger: Tensor) => {
  optimizer.zeroGrad();
  F.binaryCrossEntropyWithLogits(model.forward(first, second), larger).backward();
  optimizer.step();
});
const { train, test } = data.digits({ perClass: 24, testPerClass: 16, style: "printed" });
/** The first half of a batch, the second, and 1 where the first shows the larger digit. */
function pairs([maps, labels]: Tensor[]): [Tensor, Tensor, Tensor] {
  const half = maps.shape[0] / 2;
  const [first, a] = [maps, labels].map((tensor) => tensor.narrow(0, 0, half));
  const [second, b] = [maps, labels].map((tensor) => tensor.narrow(0, half, half));
  return [first, second, a.gt(b).to("f32")];
}
const features = await cache.compute(train, { transform });
const loader = new data.DataLoader(features, { batchSize: 40, shuffle: true });
for (let epoch = 0; epoch < 30; epoch++) for await (const batch of loader) step(...pairs(batch));
const all = { batchSize: test.length, shuffle: true };
for await (const batch of new data.DataLoader(await cache.compute(test, { transform }), all)) {
  const [first, second, larger] = pairs(batch);
  const accuracy = await model.forward(first, second).gt(0).eq(larger).to("f32").mean().item();
  console.log(`accuracy ${(100 * accuracy).toFixed(1)} % of ${test.length / 2} pairs`);
}
