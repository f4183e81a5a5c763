// CIFAR-10's vehicles by ten clients: a head on features of a VGG-16 that was trained on animals, learned where all the data is
// in one place, and by federated rounds, the data dealt out evenly or by class.
import { data, evaluate, manualSeed, models, type nn, optim, Trainer, transfer } from "webgraft";
import { loadFile, percent, runCase, train } from "./harness.ts";

const { transforms } = data;
const VEHICLES = ["airplane", "automobile", "ship", "truck"];
const normalise = [
  transforms.rescale(),
  transforms.normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
];
const CLIENTS = 10;

await runCase("federated-vehicles", async ({ data: path, quick, report }) => {
  const file = await loadFile(
    path("weights/vgg16_cifar_animals/vgg16_cifar_animals.f16.safetensors"),
  );
  const vgg = models.vgg16({ includeTop: false, inputSize: 32 });
  transfer.loadPretrained(vgg, file, { onMismatch: "skip" });
  const model = transfer.cut(vgg, "features.16", { pool: 2 });
  transfer.freeze(model, "features");
  transfer.replaceHead(model, VEHICLES.length);
  const all = await data.cifar10(path("cifar10/data_batch_1.first4000.bin"));
  const held = await data.cifar10(path("cifar10/test_batch.first1000.bin"));
  const vehicles = data.selectClasses(all, VEHICLES);
  const images = quick ? data.perClass(vehicles, 50, { seed: 1 }) : vehicles;
  const cache = new transfer.FeatureCache(model);
  const set = await cache.compute(images, { transform: normalise });
  const test = await cache.compute(data.selectClasses(held, VEHICLES), { transform: normalise });

  const rounds = quick ? 5 : 20;
  /** The same fresh head each time, and what trains it. */
  const newTrainer = (mu = 0) => {
    manualSeed(1);
    transfer.replaceHead(model, VEHICLES.length);
    const head = cache.remainder;
    const trained = head.parameters().filter(({ requiresGrad }) => requiresGrad);
    const optimizer = new optim.SGD(trained, { lr: 5e-3, momentum: 0.9, weightDecay: 1e-3 });
    const regularizer = mu > 0 ? new transfer.FedProx(head, mu) : undefined;
    return new Trainer({ model: head, optimizer, regularizer, seed: 1 });
  };
  const judge = async (row: string, head: nn.Module) =>
    report(row, "test %", percent((await evaluate(head, test, { batchSize: 100 })).accuracy));

  const central = newTrainer();
  await train(central, set, { epochs: 2 * rounds, batchSize: 16 });
  await judge("centralised", central.model);

  const federate = async (row: string, sets: data.Dataset[], mu = 0) => {
    const trainer = newTrainer(mu);
    const clients = transfer.localClients(trainer, sets, { epochs: 2, batchSize: 16 });
    for await (const { round, counted } of transfer.federated({
      ...{ model: trainer.model, clients, rounds },
    }))
      console.log(`  round ${round + 1}/${rounds}: ${counted.length} clients`);
    await judge(row, trainer.model);
  };
  const labels = Array.from(set.labels ?? []);
  const even = dealt(set, [...labels.keys()]);
  await federate("IID, FedAvg", even);
  // By class: each client has pictures of one or two classes.
  const sorted = [...labels.keys()].sort((a, b) => labels[a]! - labels[b]! || a - b);
  const size = Math.ceil(sorted.length / CLIENTS);
  const byClass = Array.from({ length: CLIENTS }, (_, i) =>
    data.subset(set, sorted.slice(i * size, (i + 1) * size)),
  );
  await federate("by class, FedAvg", byClass);
  await federate("by class, FedProx 0.1", byClass, 0.1);
});

/** Examples in turns to the clients. */
function dealt(set: data.Dataset, order: readonly number[]): data.Dataset[] {
  return Array.from({ length: CLIENTS }, (_, client) =>
    data.subset(
      set,
      order.filter((_, i) => i % CLIENTS === client),
    ),
  );
}
