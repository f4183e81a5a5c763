// Rounds of clients with their own data: averages, missing and faulty clients, FedProx.
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { evaluate, manualSeed, nn, optim, Trainer, transfer } from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";
import { bars, weights } from "../train/toy.ts";

const SETS = [1, 2, 3, 4].map((seed) => bars(6 + 3 * seed, { seed }));
const TEST = bars(60, { seed: 9 });

function newTrainer(mu = 0) {
  manualSeed(3);
  const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(24, 3));
  const regularizer = mu > 0 ? new transfer.FedProx(model, mu) : undefined;
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  return new Trainer({ model, optimizer, regularizer, seed: 5 });
}

/** Those that train here do so one after the other: `answered` is called when the last of them is done. */
async function run(
  more: transfer.FederatedClient[] = [],
  options = {},
  mu = 0,
  answered = () => {},
) {
  const trainer = newTrainer(mu);
  const own = transfer.localClients(trainer, SETS, { epochs: 2, batchSize: 4 });
  const last = async (...given: Parameters<(typeof own)[number]["train"]>) => {
    const update = await own.at(-1)!.train(...given);
    setImmediate(answered);
    return update;
  };
  const clients = [...more.slice(0, 1), ...own.with(-1, { train: last }), ...more.slice(1)];
  const { model } = newTrainer();
  const rounds = await transfer.federated({ model, clients, rounds: 3, ...options });
  return { model, rounds };
}

const spoiled = (
  change: (weights: transfer.FederatedWeights) => unknown,
  name: string,
): transfer.FederatedClient => ({
  name,
  train: async (given) => mistyped({ weights: change(structuredClone(given)), examples: 5 }),
});

const faulty = [
  spoiled((given) => {
    given["1.weight"]!.values[3] = Number.NaN;
    return given;
  }, "nan"),
  spoiled(
    (given) => ({ ...given, "1.bias": { shape: [2], values: new Float32Array(2) } }),
    "shape",
  ),
  spoiled(({ "1.bias": bias }) => ({ "1.bias": bias }), "part"),
  { name: "silent", train: async () => mistyped(undefined) },
  { name: "failing", train: () => Promise.reject(new Error("out of battery")) },
  { name: "late", train: () => new Promise<never>(() => {}) },
  spoiled((given) => {
    given["1.weight"]!.values.fill(100);
    return given;
  }, "far"),
];

afterEach(() => void vi.useRealTimers());

describe("federated", () => {
  it("averages by numbers of examples", () => {
    const update = (value: number, examples: number) => ({
      weights: { w: { shape: [2], values: new Float32Array([value, -value]) } },
      examples,
    });
    const { w } = transfer.averageUpdates([update(1, 1), update(2, 3)]);
    expect([...w!.values]).toEqual([1.75, -1.75]);
  });

  it("one client with all the data is plain training, its optimizer begun anew each round", async () => {
    const trainer = newTrainer();
    const [client] = transfer.localClients(trainer, [SETS[3]!], { epochs: 2, batchSize: 4 });
    const { model } = newTrainer();
    await transfer.federated({ model, clients: [client!], rounds: 1 });
    const plain = newTrainer();
    await plain.fit(SETS[3]!, { epochs: 2, batchSize: 4 });
    const [found, expected] = [await weights(model), await weights(plain.model)];
    for (const [name, values] of Object.entries(expected))
      values.forEach((value, i) => {
        expect(found[name]![i]).toBeCloseTo(value, 5);
      });
  });

  it("learns what no client has seen alone", async () => {
    const { model, rounds } = await run([], { rounds: 6 });
    expect(rounds.map(({ counted }) => counted.length)).toEqual([4, 4, 4, 4, 4, 4]);
    expect(rounds[0]!.examples).toBe(9 + 12 + 15 + 18);
    expect((await evaluate(model, TEST)).accuracy).toBeGreaterThan(0.9);
  }, 300_000);

  it("clients that send NaN, another shape, too much or nothing change no result", async () => {
    const good = await run([], { rounds: 2 });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const options = { maxNorm: 50, timeout: 8, rounds: 2 };
    const bad = await run(faulty, options, 0, () => vi.advanceTimersByTime(8000));
    expect(await weights(bad.model)).toEqual(await weights(good.model));
    const why = Object.fromEntries(bad.rounds[0]!.refused.map(({ client, why }) => [client, why]));
    expect(why).toEqual({
      nan: "1.weight holds NaN or infinity",
      shape: expect.stringMatching(/1.bias has shape \[2\], not \[3\]/),
      part: "it has no 1.weight",
      silent: "it sent nothing",
      failing: "out of battery",
      late: "nothing came within 8 s",
      far: expect.stringMatching(/moved the weights by .*, more than 50/),
    });
  });

  it("asks a share of the clients, drawn anew each round; the weights stay where nobody answers", async () => {
    const { rounds } = await run([], { share: 0.5, rounds: 4, seed: 2 });
    expect(rounds.every(({ counted }) => counted.length === 2)).toBe(true);
    expect(new Set(rounds.map(({ counted }) => counted.join())).size).toBeGreaterThan(1);
    const { model } = newTrainer();
    const before = await weights(model);
    const [round] = await transfer.federated({ model, clients: [faulty[4]!], rounds: 1 });
    expect(round!.counted).toEqual([]);
    expect(await weights(model)).toEqual(before);
  });

  it("FedProx keeps clients nearer to the weights of the round", async () => {
    const start = await weights(newTrainer().model);
    const moved = async (mu: number) => {
      const { model } = await run([], { rounds: 1 }, mu);
      const now = await weights(model);
      return Object.entries(now).reduce(
        (sum, [name, values]) =>
          values.reduce((all, value, i) => all + (value - start[name]![i]!) ** 2, sum),
        0,
      );
    };
    expect(await moved(2)).toBeLessThan(0.7 * (await moved(0)));
  });

  it("takes updates from worker threads", async () => {
    const { model } = newTrainer();
    // A worker that moves all weights by its share of the way to 1.
    const code = `const { parentPort } = require("node:worker_threads");
      parentPort.on("message", ({ weights }) => {
        for (const { values } of Object.values(weights)) values.fill(1);
        parentPort.postMessage({ weights, examples: 3 });
      });`;
    const worker = new Worker(code, { eval: true });
    const client: transfer.FederatedClient = {
      train: (given, round) =>
        new Promise((resolve) => {
          worker.once("message", resolve);
          worker.postMessage({ weights: given, round });
        }),
    };
    await transfer.federated({ model, clients: [client], rounds: 1 });
    await worker.terminate();
    for (const values of Object.values(await weights(model)))
      expect(values.every((value) => value === 1)).toBe(true);
  });

  it("refuses options that can't be", () => {
    const { model } = newTrainer();
    const clients = [faulty[0]!];
    const start = (options: object) => () =>
      transfer.federated({ model, clients, rounds: 1, ...options });
    expect(start({ clients: [] })).toThrow(/there are no clients/);
    expect(start({ rounds: 0 })).toThrow(/rounds must be/);
    expect(start({ share: 2 })).toThrow(/share is 2/);
    expect(start({ maxNorm: 0 })).toThrow(/maxNorm is 0/);
    expect(start(mistyped({ client: 1 }))).toThrow(/client/);
    expect(() => new transfer.FedProx(model, -1)).toThrow(/mu is -1/);
  });
});
