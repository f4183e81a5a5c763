/** Learns the source, carries it over in each way, and keeps the networks to ask them about drawings. */
import { init, manualSeed, noGrad, predict, type Tensor, Trainer, tensor } from "webgraft/core";
import { type Dataset, subset } from "webgraft/data";
import { embeddings } from "webgraft/explain";
import { lenet, type SmallCnn } from "webgraft/models";
import { ModuleList } from "webgraft/nn";
import { Adam } from "webgraft/optim";
import { freeze, jointObjective, mmd, replaceHead } from "webgraft/transfer";
import { againIfLost } from "../../src/train/index.ts";
import { type Domains, openDomains, samplesOf } from "./domains.ts";
import {
  type FromWorker,
  type Settings,
  type ToWorker,
  type Trained,
  WAYS,
  type Way,
} from "./messages.ts";
import { SavedNetwork } from "./saved_network.ts";

const send = (message: FromWorker) => postMessage(message);

/** What the last run left. */
class Playground {
  readonly networks = new Map<Trained, SavedNetwork>();

  constructor(
    readonly domains: Domains,
    readonly settings: Settings,
  ) {}

  async run(): Promise<void> {
    const { source, target, side } = this.domains;
    send({ type: "data", side, source: await samplesOf(source), target: await samplesOf(target) });
    manualSeed(1);
    await this.#learnSource();
    for (const way of WAYS) await this.#carryOver(way);
  }

  #fresh(): SmallCnn {
    const { inChannels, side } = this.domains;
    return lenet({ inChannels, inputSize: side });
  }

  /** A copy of the source's network. */
  #copy(): SmallCnn {
    return this.networks.get("before")!.copy();
  }

  async #learnSource(): Promise<void> {
    const { train, transform } = this.domains.source;
    const epochs = this.settings.sourceEpochs;
    const model = this.#fresh();
    const trainer = new Trainer({ model, optimizer: new Adam(model.parameters(), { lr: 1e-3 }) });
    for await (const event of trainer.fit(train, { epochs, batchSize: 32, transform }))
      if (event.type === "epoch") send({ type: "source", epoch: event.epoch + 1, epochs });
    await this.#keep("before", model, trainer);
  }

  async #carryOver(way: Way): Promise<void> {
    await init(); // another device, where the last was lost since
    const { train, test, transform } = this.domains.target;
    const { epochs } = this.settings;
    const { model, trainer } = this.#prepare(way);
    const { accuracy } = await trainer.evaluate(test, { transform });
    send({ type: "accuracy", of: way, epoch: 0, accuracy });
    const fitting = { epochs, batchSize: 16, transform, validation: test };
    for await (const event of trainer.fit(train, fitting)) {
      if (event.type !== "epoch" || !event.validation) continue;
      const { accuracy } = event.validation;
      send({ type: "accuracy", of: way, epoch: event.epoch + 1, accuracy });
    }
    await this.#keep(way, model, trainer);
  }

  #prepare(way: Way): { model: SmallCnn; trainer: Trainer } {
    if (way === "joint") return this.#prepareJoint();
    const model = way === "structure" ? this.#fresh() : this.#copy();
    if (way === "features") {
      freeze(model, "features");
      replaceHead(model, 10);
    }
    const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
    const lr = way === "parameters" ? 5e-4 : 1e-3;
    return { model, trainer: new Trainer({ model, optimizer: new Adam(trained, { lr }) }) };
  }

  /** Both networks share all but the last layer, of which each has its own. */
  #prepareJoint(): { model: SmallCnn; trainer: Trainer } {
    const { train, transform } = this.domains.source;
    const [model, onSource] = [this.#copy(), this.#copy()];
    onSource.set("features", model.features);
    for (const layer of ["classifier.0", "classifier.2"]) onSource.set(layer, model.get(layer));
    const objective = jointObjective({
      ...{ model: onSource, set: train, batchSize: 16, transform },
      lambda: (progress) => 0.5 + progress, // the target counts for more and more
    });
    const parameters = new ModuleList(model, onSource).parameters();
    const optimizer = new Adam(parameters, { lr: 5e-4 });
    return { model, trainer: new Trainer({ model, optimizer, objective }) };
  }

  async #keep(of: Trained, model: SmallCnn, trainer: Trainer): Promise<void> {
    const { test, transform } = this.domains.target;
    if (of === "before") {
      const { accuracy } = await trainer.evaluate(test, { transform });
      send({ type: "accuracy", of, epoch: 0, accuracy });
    }
    trainer.dispose();
    this.networks.set(of, await SavedNetwork.of(model, () => this.#fresh()));
    send({ type: "gap", of, gap: await this.#gap(model) });
  }

  /** How far apart the domains' pictures are in what the network's last layer is given. */
  async #gap(model: SmallCnn): Promise<number> {
    const { source, target } = this.domains;
    const rows = async (set: Dataset, transform: Domains["source"]["transform"]) => {
      const count = Math.min(100, set.length);
      const some = Array.from({ length: count }, (_, i) => Math.floor((i * set.length) / count));
      const found = await embeddings(model, subset(set, some), { transform });
      const values = Float32Array.from(found.flatMap((row) => [...row]));
      return tensor(values, { shape: [count, found[0]!.length] });
    };
    const features: [Tensor, Tensor] = [
      await rows(source.test, source.transform),
      await rows(target.test, target.transform),
    ];
    const gap = noGrad(() => mmd(...features));
    return Math.max(0, await gap.item());
  }

  async predict(grey: Uint8Array): Promise<void> {
    const { drawing, target } = this.domains;
    const { classes } = target.test;
    for (const [of, network] of this.networks) {
      const model = await network.model();
      const options = { transform: target.transform, classes };
      const [{ probabilities }] = await predict(model, drawing(grey), options);
      const ranking = Array.from(probabilities, (probability, i) => ({
        name: String(i),
        probability,
      }));
      send({ type: "ranking", of, ranking: ranking.sort((a, b) => b.probability - a.probability) });
    }
  }
}

let playground: Playground | null = null;

async function answer(message: ToWorker): Promise<void> {
  if (message.type === "predict") {
    await againIfLost(async () => playground?.predict(message.grey));
    return;
  }
  await init();
  playground = new Playground(await openDomains(message.files, message.settings), message.settings);
  await playground.run();
  send({ type: "done" });
}

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  answer(data).catch((error) =>
    send({ type: "failed", why: error instanceof Error ? error.message : String(error) }),
  );
});
