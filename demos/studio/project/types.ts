import type { NetworkInfo } from "../../../src/transfer/index.ts";

/** What is collected, chosen and trained in the studio: plain data, of which files are kept beside it under their keys. */
export interface Project {
  readonly version: 1;
  readonly id: string;
  readonly name: string;
  readonly classes: readonly ClassEntry[];
  readonly pictures: readonly PictureEntry[];
  readonly network: NetworkChoice;
  readonly settings: StudioSettings;
  /** The oldest first. */
  readonly runs: readonly Run[];
}

export interface ClassEntry {
  readonly id: string;
  readonly name: string;
}

export interface PictureEntry {
  /** Also the key of its file. */
  readonly id: string;
  readonly classId: string;
  /** The file's, for people. */
  readonly name: string;
  /** Why it can't be used, where it can't. */
  readonly broken?: string;
}

/** What training starts from: a network that comes with the page, one from files, or what an earlier run came to. */
export type NetworkChoice =
  | { readonly kind: "builtin" }
  | { readonly kind: "run"; readonly run: string; readonly name: string }
  | {
      readonly kind: "files";
      readonly name: string;
      readonly files: readonly KeptFile[];
      /** The name of the registry, or the address, by which they were fetched. */
      readonly from?: string;
    };

export interface KeptFile {
  /** Its key. */
  readonly id: string;
  readonly name: string;
}

/** What of the network is trained: its new head, all of it, or the layers named and the head; "auto" finds out. */
export type TrainChoice =
  | { readonly kind: "head" | "all" | "auto" }
  | { readonly kind: "layers"; readonly layers: readonly string[] };

export interface StudioSettings {
  readonly train: TrainChoice;
  /** What "auto" found should stay frozen, null for nothing; absent until it did. */
  readonly frozen?: string | null;
  /** The layer that the features end with; null for the network's own. */
  readonly cut: string | null;
  readonly epochs: number;
  readonly batchSize: number;
  /** null: the usual one for what is trained. */
  readonly lr: number | null;
  /** Look for the learning rate first. */
  readonly findLr: boolean;
  /** Vary the training pictures. */
  readonly augment: boolean;
  /** Train the same network from scratch, too. */
  readonly compare: boolean;
  /** The share of pictures that the network is judged by. */
  readonly valSplit: number;
}

export type RunState = "running" | "interrupted" | "stopped" | "done" | "failed";

export interface Run {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly state: RunState;
  /** What the network was called. */
  readonly network: string;
  readonly choice: NetworkChoice;
  readonly settings: StudioSettings;
  readonly epochs: readonly EpochFigures[];
  /** Of the same network trained from scratch, where that was asked for. */
  readonly scratch?: readonly EpochFigures[];
  /** Losses while the learning rate rose, where it was looked for. */
  readonly rates?: RateCurve;
  readonly result?: RunResult;
  /** Of a run that failed. */
  readonly why?: string;
}

export interface EpochFigures {
  readonly loss: number;
  readonly accuracy: number;
  readonly valLoss: number;
  readonly valAccuracy: number;
  readonly seconds: number;
}

export interface RateCurve {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly suggestion: number;
}

/** What a run came to. Its weights are kept under the key `network:` and the run's id. */
export interface RunResult {
  readonly info: NetworkInfo;
  readonly accuracy: number;
  /** Of the network with its new head before it was trained. */
  readonly before: number;
  /** Of the network trained from scratch, where it was. */
  readonly scratch?: number;
  readonly verdicts: readonly Verdict[];
}

/** What the network says about a validation picture. */
export interface Verdict {
  readonly picture: string;
  /** Numbers of classes, in the order of `info.classes`. */
  readonly label: number;
  readonly predicted: number;
  /** Of what it predicts, and of the picture's own class. */
  readonly probability: number;
  readonly own: number;
}
