import { Backbone } from "../models/index.ts";
import type { Module } from "../nn/index.ts";

/** One way to fine-tune: which layers stay frozen, how fast the others learn, and what holds them back. */
export interface Strategy {
  name: string;
  /** Pattern of `freeze`; null trains everything. */
  freeze: string | RegExp | null;
  /** Layer that the network ends with, as `cut` takes it, under a new head. Default: the whole network. */
  cut?: string;
  /** With a cut: side of the map that the head is given. Default 1. */
  pool?: number;
  /** Adam's. */
  lr: number;
  /** Of the learning rate; default "constant". */
  schedule?: "constant" | "cosine" | "onecycle";
  /** Pull of transferred weights to where they began, as `L2SP`'s alpha (beta is a tenth of it). Default none. */
  l2sp?: number;
  /** Adam's pull to 0. Default none. */
  weightDecay?: number;
}

/**
 * What `chooseStrategy` tries unless told otherwise, with learning rates for Adam.
 *
 * @throws Error for models without features and a classifier.
 */
export function defaultCandidates(model: Module): Strategy[] {
  if (!(model instanceof Backbone)) {
    throw new Error(
      "chooseStrategy: say what to try in { candidates }; only models with features and a classifier have defaults",
    );
  }
  const layers = model.features.namedChildren();
  const trained = layers.filter(([, layer]) => layer.parameters().length > 0).map(([name]) => name);
  const cut = trained[Math.floor((2 * trained.length) / 3)]!;
  const before = layers[layers.findIndex(([name]) => name === cut) - 1]?.[0];
  return [
    { name: "head only", freeze: "features", lr: 1e-3 },
    ...(before === undefined
      ? []
      : [{ name: "last third and head", freeze: `features.-${before}`, lr: 3e-4 }]),
    { name: "all layers", freeze: null, lr: 1e-4 },
  ];
}

/** What candidates are varied by; each list is tried with each of the others. */
export interface Variations {
  /** Factors of each candidate's rate. Default [1]. */
  rates?: readonly number[];
  /** Default: the candidates' own. */
  schedules?: readonly NonNullable<Strategy["schedule"]>[];
  /** Pulls to the source weights; 0 is none. Default: the candidates' own. */
  l2sp?: readonly number[];
}

/**
 * Every candidate with every rate, schedule and pull.
 *
 * @example varyCandidates(defaultCandidates(model), { rates: [0.3, 1, 3], schedules: ["constant", "onecycle"], l2sp: [0, 0.1] })
 */
export function varyCandidates(
  candidates: readonly Strategy[],
  { rates = [1], schedules, l2sp }: Variations,
): Strategy[] {
  return candidates.flatMap((candidate) =>
    rates.flatMap((factor) =>
      (schedules ?? [candidate.schedule]).flatMap((schedule) =>
        (l2sp ?? [candidate.l2sp]).map((pull) => {
          const lr = Number((candidate.lr * factor).toPrecision(6));
          const words = [
            candidate.name,
            `lr ${lr}`,
            schedules && schedule,
            l2sp && pull && `l2sp ${pull}`,
          ];
          const name = words.filter(Boolean).join(", ");
          return {
            ...candidate,
            name,
            lr,
            ...(schedule && { schedule }),
            ...(pull && { l2sp: pull }),
          };
        }),
      ),
    ),
  );
}
