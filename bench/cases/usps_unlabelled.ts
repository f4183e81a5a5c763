// MNIST → USPS without a label of USPS: a small CNN with batch normalisation learns MNIST, then sees USPS' training
// pictures alone. What each way makes of its accuracy on USPS' test pictures, and of the gap between the features.
import {
  type CapturedStep,
  capture,
  data,
  evaluate,
  F,
  nn,
  noGrad,
  optim,
  type Tensor,
  Trainer,
  tensor,
  transfer,
} from "webgraft";
import { toMnist, toUsps } from "./digits.ts";
import { percent, runCase, train } from "./harness.ts";

const block = (from: number, to: number) => [
  new nn.Conv2d(from, to, 5, { padding: 2 }),
  new nn.BatchNorm2d(to),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
];

class Digits extends nn.Module {
  readonly features = new nn.Sequential(
    ...block(1, 16),
    ...block(16, 32),
    new nn.Flatten(),
    new nn.Linear(32 * 7 * 7, 64),
    new nn.BatchNorm1d(64),
    new nn.ReLU(),
  );
  readonly classifier = new nn.Linear(64, 10);

  override forward(images: Tensor): Tensor {
    return this.classifier.forward(this.features.forward(images) as Tensor);
  }
}

/** What is added to the source's loss, from features of both domains and the target's logits. */
type Gap = (source: Tensor, target: Tensor, logits: Tensor, progress: Tensor) => Tensor;

const domainHead = () =>
  new nn.Sequential(new nn.Linear(64, 64), new nn.ReLU(), new nn.Linear(64, 1));

/** The ways, each with a new model part where it needs one. */
const WAYS: Readonly<Record<string, () => { gap: Gap; head?: nn.Module }>> = {
  CORAL: () => ({ gap: (source, target) => transfer.coral(source, target).mul(20) }),
  MMD: () => ({ gap: (source, target) => transfer.mmd(source, target) }),
  adversarial: () => {
    const head = domainHead();
    const judge = (features: Tensor, label: 0 | 1, lambda: Tensor) => {
      const logits = head.forward(transfer.gradientReversal(features, lambda)) as Tensor;
      const labels = tensor(new Float32Array(logits.size).fill(label)).reshape(logits.shape);
      return F.binaryCrossEntropyWithLogits(logits, labels);
    };
    return {
      head,
      gap: (source, target, _, lambda) => judge(source, 0, lambda).add(judge(target, 1, lambda)),
    };
  },
  entropy: () => ({ gap: (_source, _target, logits) => transfer.entropyLoss(logits).mul(0.3) }),
  "pseudo-labels": () => ({
    gap: (_source, _target, logits) =>
      F.crossEntropy(logits, transfer.pseudoLabels(logits, { threshold: 0.95 })),
  }),
};

await runCase("usps-unlabelled", async ({ data: path, quick, report, wants }) => {
  const mnist = await data.mnist({
    images: path("mnist/train-images-idx3-ubyte.gz"),
    labels: path("mnist/train-labels-idx1-ubyte.gz"),
  });
  const source = quick ? data.perClass(mnist, 500, { seed: 1 }) : mnist;
  const [target, test] = await Promise.all([
    data.usps(path("usps/zip.train.gz")),
    data.usps(path("usps/zip.test.gz")),
  ]);

  const trained = new Digits();
  const trainer = new Trainer({
    model: trained,
    optimizer: new optim.Adam(trained.parameters(), { lr: 1e-3 }),
    seed: 1,
  });
  await train(trainer, source, { epochs: quick ? 2 : 3, batchSize: 64, transform: toMnist });
  const fresh = () => {
    const model = new Digits();
    model.loadStateDict(trained.stateDict());
    return model;
  };

  const gaugeOf = async (set: data.Dataset, transform: data.transforms.Transform[]) => {
    const loader = new data.DataLoader(data.perClass(set, 50, { seed: 2 }), {
      batchSize: 500,
      transform,
    });
    for await (const [images] of loader) return images.detach();
    throw new Error("no pictures");
  };
  const [sourceImages, targetImages] = [
    await gaugeOf(source, toMnist),
    await gaugeOf(target, toUsps),
  ];
  const judge = async (name: string, model: Digits) => {
    const { accuracy } = await evaluate(model, test, { batchSize: 500, transform: toUsps });
    report(name, "USPS test %", percent(accuracy));
    model.eval();
    const gap = noGrad(() =>
      transfer.mmd(
        model.features.forward(sourceImages) as Tensor,
        model.features.forward(targetImages) as Tensor,
      ),
    );
    report(name, "MMD", Number((await gap.item()).toFixed(4)));
  };
  await judge("source only", fresh());

  const adapted = fresh();
  await transfer.adaptBatchNorm(adapted, target, { transform: toUsps });
  await judge("AdaBN", adapted);

  for (const [name, way] of Object.entries(WAYS)) {
    if (!wants(name)) continue;
    const model = fresh();
    await adapt(model, way(), { source, target, epochs: quick ? 2 : 5 });
    // The two domains' pictures went through the layers in turns: the statistics are neither's.
    await transfer.adaptBatchNorm(model, target, { transform: toUsps });
    await judge(name, model);
  }
});

async function adapt(
  model: Digits,
  { gap, head }: { gap: Gap; head?: nn.Module },
  { source, target, epochs }: { source: data.Dataset; target: data.Dataset; epochs: number },
): Promise<void> {
  const parameters = [...model.parameters(), ...(head?.parameters() ?? [])];
  const optimizer = new optim.Adam(parameters, { lr: 5e-4 });
  model.train();
  const step: CapturedStep<[Tensor, Tensor, Tensor, Tensor], Tensor> = capture(
    (images, labels, others, lambda) => {
      optimizer.zeroGrad();
      const [ours, theirs] = [images, others].map((x) => model.features.forward(x) as Tensor);
      const sourceLoss = F.crossEntropy(model.classifier.forward(ours!), labels);
      const loss = sourceLoss.add(gap(ours!, theirs!, model.classifier.forward(theirs!), lambda));
      loss.backward();
      optimizer.step();
      return loss;
    },
  );
  const targets = new data.DataLoader(target, {
    batchSize: 64,
    shuffle: true,
    dropLast: true,
    transform: toUsps,
  });
  const sampler = data.classBalancedSampler(source, { numSamples: target.length });
  const sources = new data.DataLoader(source, { batchSize: 64, sampler, transform: toMnist });
  const steps = epochs * targets.length;
  let done = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const others = sources[Symbol.asyncIterator]();
    let last: Tensor | null = null;
    for await (const [pictures] of targets) {
      const { value, done: isOver } = await others.next();
      if (isOver) break;
      const lambda = tensor([transfer.reversalSchedule(done++ / steps)]);
      last = step(value[0], value[1], pictures, lambda);
    }
    console.log(`  epoch ${epoch + 1}/${epochs}: loss ${(await last!.item()).toFixed(3)}`);
  }
}
