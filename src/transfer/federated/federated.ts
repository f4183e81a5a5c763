import { checkOptions, Task } from "../../base/index.ts";
import { Random } from "../../data/index.ts";
import type { Module } from "../../nn/index.ts";
import type { FederatedClient } from "./client.ts";
import {
  averageUpdates,
  type FederatedUpdate,
  faultIn,
  putWeights,
  readWeights,
} from "./weights.ts";

export interface FederatedOptions {
  /** The shared model; it has the averaged weights after each round. */
  model: Module;
  clients: readonly FederatedClient[];
  rounds: number;
  /** Which share of the clients is asked each round, drawn anew. Default 1: all of them. */
  share?: number;
  /** Of these draws. Default 0. */
  seed?: number;
  /** An update that moves all weights together further than this (the Euclidean norm) doesn't count. Default: any may. */
  maxNorm?: number;
  /** After so many seconds a client is missing in the round. Default: it is waited for. */
  timeout?: number;
  signal?: AbortSignal;
}

/** A round is over. */
export interface FederatedRound {
  readonly round: number;
  /** The names of the clients whose updates were averaged. */
  readonly counted: readonly string[];
  /** Those that didn't count, and why. */
  readonly refused: readonly { readonly client: string; readonly why: string }[];
  /** How many examples the averaged updates were trained on. */
  readonly examples: number;
}

const KNOWN = ["model", "clients", "rounds", "share", "seed", "maxNorm", "timeout", "signal"];

/**
 * Federated training: in each round clients train the shared weights on data that stays with them, and the server takes the
 * mean of what they come to, weighed by their numbers of examples (FedAvg, McMahan et al. 2017,
 * https://arxiv.org/abs/1602.05629). Only weights travel. An update that has another shape, isn't finite or goes too far
 * doesn't count, nor does a client that fails or is late: the result is as if it hadn't been there. Where nobody is left, the
 * weights stay as they are for the round.
 *
 * @returns `await` it for all rounds, or go through them as they are over.
 * @throws RangeError for options that can't be.
 *
 * A client is an object with `train(weights, round)`: `localClients` makes some that train here; for a worker or a socket, send both
 * there and wait for what comes back.
 *
 * @example for await (const { round } of transfer.federated({ model, clients, rounds: 20 })) console.log(round);
 */
export function federated(options: FederatedOptions): Task<FederatedRound, FederatedRound[]> {
  checkFederated(options);
  const done: FederatedRound[] = [];
  return new Task(rounds(options, done), () => done);
}

async function* rounds(
  options: FederatedOptions,
  done: FederatedRound[],
): AsyncGenerator<FederatedRound, void, undefined> {
  const { model, signal } = options;
  let weights = await readWeights(model);
  for (let round = 0; round < options.rounds && !signal?.aborted; round++) {
    const before = weights;
    const asked = chosen(options, round);
    const answers = await Promise.all(
      asked.map(async ([name, client]) => {
        try {
          const update = await inTime(client.train(before, round), options.timeout);
          return { name, update, why: faultIn(update, before, options.maxNorm ?? Infinity) };
        } catch (error) {
          return { name, update: null, why: error instanceof Error ? error.message : `${error}` };
        }
      }),
    );
    const good = answers.flatMap(({ name, update, why }) =>
      update && why === null ? [{ name, update }] : [],
    );
    const updates: FederatedUpdate[] = good.map(({ update }) => update);
    if (updates.length > 0) weights = averageUpdates(updates);
    putWeights(model, weights);
    const result = {
      round,
      counted: good.map(({ name }) => name),
      refused: answers.flatMap(({ name, why }) => (why === null ? [] : [{ client: name, why }])),
      examples: updates.reduce((sum, { examples }) => sum + examples, 0),
    };
    done.push(result);
    yield result;
  }
}

/** The clients of a round with their names, in order. */
function chosen(
  { clients, share = 1, seed = 0 }: FederatedOptions,
  round: number,
): [string, FederatedClient][] {
  const named = clients.map((client, i): [string, FederatedClient] => [
    client.name ?? `client ${i}`,
    client,
  ]);
  const count = Math.max(1, Math.round(share * clients.length));
  const random = new Random(seed, round);
  while (named.length > count) named.splice(Math.floor(random.float() * named.length), 1);
  return named;
}

function inTime<T>(work: Promise<T>, seconds: number | undefined): Promise<T> {
  if (seconds === undefined) return work;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const why = new Error(`nothing came within ${seconds} s`);
    timer = setTimeout(() => reject(why), 1000 * seconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function checkFederated(options: FederatedOptions): void {
  checkOptions("federated", options, KNOWN);
  const { clients, rounds, share = 1, maxNorm = 1, timeout = 1 } = options;
  if (clients.length === 0) throw new RangeError("federated: there are no clients");
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(`federated: rounds must be a whole number of at least 1, not ${rounds}`);
  if (!(share > 0 && share <= 1))
    throw new RangeError(`federated: share is ${share}; it must be above 0 and at most 1`);
  for (const [name, value] of Object.entries({ maxNorm, timeout }))
    if (!(value > 0))
      throw new RangeError(`federated: ${name} is ${value}; it must be a positive number`);
}
