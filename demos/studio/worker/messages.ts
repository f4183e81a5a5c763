import type { NetworkInfo } from "../../../src/transfer/index.ts";
import type {
  EpochFigures,
  NetworkChoice,
  RateCurve,
  RunResult,
  StudioSettings,
  TrainChoice,
} from "../project/types.ts";

/** What the page asks of its worker, and what it gets. */
export interface Tasks {
  start: { ask: null; answer: { adapter: string } };
  inspect: { ask: InspectAsk; answer: NetworkFacts };
  train: { ask: TrainAsk; answer: TrainAnswer };
  estimate: { ask: TrainingChoice; answer: MemoryNeeded };
  measure: { ask: MeasureAsk; answer: StepTimes | null };
  published: { ask: null; answer: readonly PublishedName[] };
  predict: { ask: Trained & { pictures: readonly Blob[] }; answer: readonly Ranking[] };
  explain: { ask: Trained & { picture: Blob }; answer: Explanation };
  examples: { ask: null; answer: readonly Example[] };
  takeAway: { ask: Trained & { info: NetworkInfo; name: string }; answer: readonly NamedFile[] };
}
export type TaskName = keyof Tasks;

export type Asked = {
  [T in TaskName]: { readonly id: number; readonly task: T; readonly ask: Tasks[T]["ask"] };
}[TaskName];

/** How a training that runs is interfered with. */
export type Control = "pause" | "goOn" | "stop";
export type ToWorker = Asked | { readonly control: Control };

export type FromWorker =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string; readonly isNoWebGpu: boolean }
  | { readonly news: News };

export interface InspectAsk {
  /** null: the built-in network. */
  readonly weights: readonly File[] | null;
}

/** How the network that was inspected last is to be trained. */
export interface TrainingChoice {
  readonly train: TrainChoice;
  readonly batchSize: number;
}

/** Bytes on the GPU; null where there is no network, or it is over the adapter's limits. */
export interface MemoryNeeded {
  readonly asChosen: number | null;
  readonly allLayers: number | null;
}

export interface MeasureAsk extends TrainingChoice {
  /** Pictures are varied: features of frozen layers can't be kept. */
  readonly augment: boolean;
}

/** Seconds of a step. */
export interface StepTimes {
  readonly asChosen: number;
  /** null where it wasn't tried, for want of memory. */
  readonly allLayers: number | null;
  /** Frozen layers run once, before the first step. */
  readonly isOnFeatures: boolean;
}

/** Weights that the library knows by name. */
export interface PublishedName {
  readonly name: string;
  readonly bytes: number;
  readonly licence: string;
}

/** What a fetch of weights tells. */
export type FetchNews =
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "files"; readonly files: readonly File[] }
  | { readonly kind: "problem"; readonly problem: FetchProblem };

/** Why weights can't be had, with the status that the server answered, or what the library says. */
export interface FetchProblem {
  readonly kind: "unreachable" | "refused" | "notWeights" | "wrong" | "other";
  readonly why: string;
}

/** A network that was trained here. */
export interface Trained {
  /** Its run, by which the worker knows it again. */
  readonly run: string;
  readonly network: Blob;
}

/** A network as it is before it is trained here. */
export interface NetworkFacts {
  readonly name: string;
  readonly architecture: string;
  readonly format: string;
  /** Side of its pictures. */
  readonly size: number;
  readonly channels: number;
  readonly classes: number;
  readonly parameters: number;
  /** Of one picture, two a product; null where it can't be told. */
  readonly flops: number | null;
  readonly layers: readonly LayerFacts[];
  /** Whether layers can be chosen: not of weights without a head, whose network is built only when it is trained. */
  readonly isWhole: boolean;
  readonly notes: readonly string[];
}

export interface LayerFacts {
  readonly name: string;
  readonly kind: string;
  /** Of what it gives for a picture. */
  readonly shape: readonly number[] | null;
  readonly parameters: number;
  /** For one picture, two a product. */
  readonly flops: number;
  /** Part of the head, which is replaced. */
  readonly isHead: boolean;
}

export interface TrainAsk {
  readonly run: string;
  /** By class; a picture's file is called by its id. */
  readonly pictures: Readonly<Record<string, readonly File[]>>;
  readonly weights: readonly File[] | null;
  /** What those weights are. */
  readonly start: NetworkChoice["kind"];
  readonly settings: StudioSettings;
}

export interface TrainAnswer {
  /** null where it was stopped before there was a network. */
  readonly result: RunResult | null;
  readonly network: Blob | null;
  readonly stopped: boolean;
}

/** What a training tells while it runs. */
export type News =
  | {
      readonly kind: "phase";
      readonly phase: TrainPhase;
      readonly done: number;
      readonly total: number;
    }
  | StepNews
  | EpochNews
  | { readonly kind: "kept" }
  | { readonly kind: "notKept"; readonly why: string }
  | { readonly kind: "rates"; readonly rates: RateCurve }
  /** What "choose for me" chose. */
  | { readonly kind: "chosen"; readonly name: string; readonly settings: Partial<StudioSettings> }
  | { readonly kind: "broken"; readonly picture: string; readonly why: string }
  | { readonly kind: "warning"; readonly message: string };

export type TrainPhase =
  | "reading"
  | "preparing"
  | "features"
  | "compiling"
  | "trying"
  | "rate"
  | "lost"
  | "judging";

export interface EpochNews {
  readonly kind: "epoch";
  readonly epoch: number;
  readonly figures: EpochFigures;
  /** Of the training from scratch, which the one that counts is compared with. */
  readonly isScratch: boolean;
}

export interface StepNews {
  readonly kind: "step";
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

/** A picture to begin with, where one has none of one's own. */
export interface Example {
  readonly className: string;
  readonly name: string;
  readonly picture: Blob;
}

/** The classes of a picture, the likeliest first. */
export type Ranking = readonly { readonly name: string; readonly probability: number }[];

export interface Explanation {
  readonly ranking: Ranking;
  /** What in the picture speaks for the class, from 0 to 1; null where the network has no map. */
  readonly heat: Plane | null;
  /** What the first layer looks for: each filter's picture, RGB bytes. */
  readonly filters: readonly Plane[];
  /** What the first layer with maps makes of the picture. */
  readonly maps: readonly Plane[];
}

/** Values of 0 to 1, rows from the top. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}
