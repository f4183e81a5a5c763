// What may go together in one step: mixed images, an average, a pull to the source weights, reversed gradients.
import { beforeEach, expect, it } from "vitest";
import { currentDevice } from "../../src/gpu/index.ts";
import {
  AveragedModel,
  data,
  F,
  init,
  nn,
  optim,
  type Tensor,
  Trainer,
  transfer,
} from "../../src/index.ts";
import { bars, collect, memoryStore, only, tinyNet, weights } from "./toy.ts";

const { mixup, cutmix, colourJitter, randomErasing } = data.transforms;
const SET = bars(12);

/** Three classes, and behind reversed gradients two domains. */
class Adversarial extends nn.Module {
  readonly body = tinyNet({ outputs: 8 });
  readonly head = new nn.Linear(8, 3);
  readonly domain = new nn.Linear(8, 2);

  override forward(images: Tensor): Tensor {
    const features = this.body.forward(images) as Tensor;
    const reversed = transfer.gradientReversal(features, 0.3);
    return F.concat([this.head.forward(features), this.domain.forward(reversed)], 1);
  }
}

const loss = Object.assign(
  (outputs: Tensor, targets: Tensor) =>
    F.crossEntropy(outputs.narrow(1, 0, 3), targets).add(
      transfer.entropyLoss(outputs.narrow(1, 3, 2)).neg(),
    ),
  { targets: "classes" } as const,
);

function everything() {
  const model = new Adversarial();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const average = new AveragedModel(model, { decay: 0.9 });
  const regularizer = new transfer.L2SP(model, { head: /^(head|domain)/ });
  return { model, optimizer, average, regularizer, loss, seed: 6 };
}

const FIT = {
  ...{ epochs: 4, batchSize: 4, validation: bars(5, { seed: 8 }), mix: mixup() },
  transform: [colourJitter({ brightness: 0.2 }), randomErasing({ p: 0.3 })],
};

beforeEach(async () => {
  await init();
});

it("all of it allocates nothing from the second step on, and is one recording", async () => {
  const counts: number[] = [];
  const trainer = new Trainer(everything());
  const launches = new Set<number>();
  for await (const { type } of trainer.fit(SET, { ...FIT, validation: undefined })) {
    if (type !== "step") continue;
    counts.push(currentDevice().memory().liveBuffers);
    launches.add(trainer.trainStep.launches);
  }
  expect(counts).toHaveLength(12);
  expect(Math.max(...counts.slice(1))).toBeLessThanOrEqual(counts[1]!);
  expect(launches.size).toBe(1);
});

it("all of it goes on from a checkpoint bit for bit", async () => {
  const whole = everything();
  await new Trainer(whole).fit(SET, FIT);
  const store = memoryStore();
  for await (const event of new Trainer(everything()).fit(SET, { ...FIT, store }))
    if (event.type === "checkpoint" && event.step === 6) break;
  const rest = everything();
  await (await Trainer.resume(store, rest)).fit(SET, FIT);
  expect(await weights(rest.model)).toEqual(await weights(whole.model));
});

it.each([
  ["mixup", mixup({ alpha: 0.4 })],
  ["cutmix", cutmix()],
] as const)(
  "a network learns from images mixed by %s, and is validated on whole ones",
  async (_, mix) => {
    const model = tinyNet({ dropout: 0 });
    const trainer = new Trainer({
      model,
      optimizer: new optim.Adam(model.parameters(), { lr: 0.02 }),
    });
    const validation = bars(30, { seed: 8 });
    const events = await collect(
      trainer.fit(bars(60), { epochs: 8, batchSize: 12, mix, validation }),
    );
    const last = only(events, "epoch").at(-1)!;
    expect(last.validation!.accuracy).toBeGreaterThan(0.9);
    expect(last.validation!.loss).toBeLessThan(last.loss); // whole pictures are easier
  },
);
