import { argmax, backward, capture, crossEntropy, noGrad, type Tensor } from "../autograd/index.ts";
import { DataLoader, type DataLoaderOptions, type Dataset } from "../data/index.ts";
import type { Module } from "../nn/index.ts";
import { Adam } from "../optim/index.ts";

interface Settings {
  epochs: number;
  batchSize: number;
  seed: number;
  lr: number;
  transform?: DataLoaderOptions["transform"];
}

/** A short training with Adam and cross-entropy, judged on other examples. Trainer does it for real. */
export async function trainBriefly(
  model: Module,
  trainSet: Dataset,
  heldOut: Dataset,
  { epochs, batchSize, seed, lr, transform }: Settings,
): Promise<{ accuracy: number; loss: number }> {
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = new Adam(trained, { lr });
  const step = capture((images: Tensor, labels: Tensor) => {
    optimizer.zeroGrad();
    const loss = crossEntropy(model.forward(images) as Tensor, labels);
    backward(loss);
    optimizer.step();
    return loss;
  });
  model.train();
  const loader = new DataLoader(trainSet, { batchSize, shuffle: true, seed, transform });
  for (let epoch = 0; epoch < epochs; epoch++) {
    let last: Tensor | null = null;
    for await (const { images, labels } of loader.batches()) last = step(images, labels);
    await last?.item(); // waits for the epoch, so that work doesn't pile up
  }
  step.dispose();
  for (const parameter of trained) parameter.grad = null;
  return judge(model, new DataLoader(heldOut, { batchSize, transform: loader.evalTransform }));
}

async function judge(
  model: Module,
  loader: DataLoader,
): Promise<{ accuracy: number; loss: number }> {
  model.eval();
  let [right, total, count] = [0, 0, 0];
  for await (const { images, labels, targets } of loader.batches()) {
    const [loss, predicted] = noGrad(() => {
      const outputs = model.forward(images) as Tensor;
      return [crossEntropy(outputs, labels), argmax(outputs, 1)];
    }) as [Tensor, Tensor];
    const classes = await predicted.data();
    right += targets.filter((target, i) => target === classes[i]).length;
    total += (await loss.item()) * targets.length;
    count += targets.length;
    loss.dispose();
    predicted.dispose();
  }
  return { accuracy: right / count, loss: total / count };
}
