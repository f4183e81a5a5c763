/** One small training in a page, whose GPU process is made to crash: see gpu_crash.test.ts. */
import { data, init, manualSeed, nn, optim, Trainer } from "webgraft";

export interface Survived {
  /** How often training went on on another device. */
  lost: number;
  /** Of every step. */
  losses: number[];
  /** At the end, one tensor after the other. */
  weights: number[][];
}

declare global {
  /** Ends the GPU processes of the browser. Resolves to their number. */
  var crashGpu: () => Promise<number>;
}

function pictures(count: number) {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const pixels = Float32Array.from({ length: count * 64 }, (_, i) => Math.sin(i * (1 + (i % 3))));
  return data.fromArrays(pixels, [1, 8, 8], labels);
}

/** @param crashAt steps after which the GPU process crashes. */
export async function train(crashAt: readonly number[]): Promise<Survived> {
  await init();
  manualSeed(4);
  const model = new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: 1 }),
    new nn.BatchNorm2d(4),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(256, 3),
  );
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const trainer = new Trainer({ model, optimizer, seed: 1 });
  const left = new Set(crashAt);
  const losses: number[] = [];
  let lost = 0;
  for await (const event of trainer.fit(pictures(12), { epochs: 3, batchSize: 4 })) {
    if (event.type === "deviceLost") lost++;
    if (event.type !== "step") continue;
    losses[event.step - 1] = event.loss;
    if (left.delete(event.step) && (await crashGpu()) === 0)
      throw new Error("no GPU process found");
  }
  const tensors = Object.values(model.stateDict());
  const weights = await trainer.survivingLoss(() =>
    Promise.all(tensors.map(async (tensor) => [...(await tensor.data())])),
  );
  return { lost, losses, weights };
}
