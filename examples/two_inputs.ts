/**
 * A network with two inputs: of two printed digits, is the first the larger? `forward` takes two tensors, and the loop is
 * one's own, around a captured step that takes as many as it likes.
 */
import "webgraft/node";
import { capture, data, F, init, loadNetwork, manualSeed, nn, optim, type Tensor } from "webgraft";

await init();
manualSeed(1);
const weights = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model: letters, transform } = await loadNetwork(weights);

class Larger extends nn.Module {
  /** Tells 37 letters apart; how like each of them a digit is tells digits apart. */
  readonly letters = letters.requiresGrad_(false);
  readonly head = new nn.Sequential(new nn.Linear(74, 64), new nn.ReLU(), new nn.Linear(64, 1));

  /** Two batches of pictures [N, 3, 32, 32] → logits [N]. */
  forward(first: Tensor, second: Tensor): Tensor {
    const seen = [first, second].map((images) => this.letters.forward(images) as Tensor);
    return this.head.forward(F.concat(seen, 1)).flatten();
  }
}

const model = new Larger();
const optimizer = new optim.Adam(model.head.parameters(), { lr: 3e-3 });
const step = capture((first: Tensor, second: Tensor, larger: Tensor) => {
  optimizer.zeroGrad();
  F.binaryCrossEntropyWithLogits(model.forward(first, second), larger).backward();
  optimizer.step();
});

const { train, test } = data.digits({ perClass: 100, style: "printed" });
/** The first half of a batch, the second, and 1 where the first shows the larger digit. */
function pairs([images, labels]: Tensor[]): [Tensor, Tensor, Tensor] {
  const half = images.shape[0] / 2;
  const [first, a] = [images, labels].map((tensor) => tensor.narrow(0, 0, half));
  const [second, b] = [images, labels].map((tensor) => tensor.narrow(0, half, half));
  return [first, second, a.gt(b).to("f32")];
}
const loader = new data.DataLoader(train, { batchSize: 50, shuffle: true, transform });
for (let epoch = 0; epoch < 10; epoch++) for await (const batch of loader) step(...pairs(batch));
const all = { batchSize: test.length, shuffle: true, transform };
for await (const batch of new data.DataLoader(test, all)) {
  const [first, second, larger] = pairs(batch);
  const accuracy = await model.forward(first, second).gt(0).eq(larger).to("f32").mean().item();
  console.log(`accuracy ${(100 * accuracy).toFixed(1)} % of ${test.length / 2} pairs`);
}
