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
  const before = lastOfShare(model, 2 / 3);
  return [
    { name: "head only", freeze: "features", lr: 1e-3 },
    ...(before === undefined
      ? []
      : [{ name: "last third and head", freeze: `features.-${before}`, lr: 3e-4 }]),
    { name: "all layers", freeze: null, lr: 1e-4 },
  ];
}

/**
 * A new head on features that end early, after a third and after two thirds of the layers: candidates where the target is
 * far from the source (Yosinski et al. 2014, https://arxiv.org/abs/1411.1792). None for models without a chain of features.
 */
export function cutCandidates(model: Module): Strategy[] {
  if (!(model instanceof Backbone)) return [];
  const ends = [1 / 3, 2 / 3].map((share) => lastOfShare(model, share));
  const names = [...new Set(ends)].filter((name) => name !== undefined);
  return names.map((name) => {
    const cut = `features.${name}`;
    return { name: `head on ${cut}`, cut, freeze: "features", lr: 1e-3 };
  });
}

/** The last layer of the first `share` of those with weights; norms, activations and pools belong to the one before them. */
function lastOfShare({ features }: Backbone, share: number): string | undefined {
  const layers = features.namedChildren();
  const trained = layers.filter(([, layer]) => layer.parameters().some(({ ndim }) => ndim > 1));
  const next = trained[Math.floor(share * trained.length)];
  return layers[layers.findIndex((layer) => layer[0] === next?.[0]) - 1]?.[0];
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
