import type { Dataset, Skipped, transforms } from "../data/index.ts";
import type { WeightFormat } from "../formats/index.ts";
import type { Module } from "../nn/index.ts";
import type { Evaluation, TrainEvent } from "../train/index.ts";
import type { LoadReport, LrFindResult, NetworkInfo, StrategyResult } from "../transfer/index.ts";
import type { OpenedData } from "./data/types.ts";
import type { LabelFigures } from "./labels/figures.ts";
import type { FinetuneResult, ResultFiles } from "./result.ts";

/** Which training an event is about: the one that was asked for, or the comparison with it. */
export type Phase = "fine-tuning" | "from scratch";

/** Weights are read or downloaded. */
export interface ReadingEvent {
  type: "reading";
  name: string;
  /** Whether they come from the registry over the network. */
  download: boolean;
  /** Bytes read so far and in all, of every file of the weights that was begun. */
  done: number;
  total: number;
}

/** Weights of the registry are about to be downloaded, or taken from the cache. */
export interface PretrainedEvent {
  type: "pretrained";
  name: string;
  licence: string;
  /** Bytes. */
  size: number;
}

/** The weights that training starts from are open. */
export interface WeightsEvent {
  type: "weights";
  name: string;
  builtin: boolean;
  format: WeightFormat;
  tensors: number;
  /** Elements of all tensors. */
  elements: number;
}

/** The data is open and divided. */
export interface DataEvent {
  type: "data";
  name: string;
  kind: OpenedData["kind"];
  /** Numbers of pictures. */
  train: number;
  validation: number;
  classes: readonly string[];
  skipped: readonly Skipped[];
}

/** A finished network is open. */
export interface NetworkEvent {
  type: "network";
  name: string;
  network: NetworkInfo;
}

/** Labelled pictures that a network is measured on. */
export interface TestDataEvent {
  type: "testData";
  name: string;
  kind: OpenedData["kind"];
  /** Number of pictures. */
  count: number;
}

/** Ways to compute a step are timed. */
export interface MeasuringEvent {
  type: "measuring";
  done: number;
  total: number;
}

/** What is trained on. */
export interface AdapterEvent {
  type: "adapter";
  name: string;
  vendor: string;
  architecture: string;
}

/** The pretrained weights are in the network. */
export interface LoadedEvent extends LoadReport {
  type: "loaded";
}

/** Something that went on but may not be what was meant. Settings stand in its text as `{name}`: see `worded`. */
export interface WarningEvent {
  type: "warning";
  message: string;
}

/** What to train is about to be found out by trying. */
export interface TryingEvent {
  type: "trying";
  epochs: number;
}

export interface TriedEvent extends StrategyResult {
  type: "tried";
}

/** What to train was chosen by trying. */
export interface ChosenEvent {
  type: "chosen";
  name: string;
  freeze: string | null;
  /** The layer that the network ends with from now on, under its new head. */
  cut?: string;
  lr: number;
  tried: number;
}

/** A learning rate is looked for: steps of its short run. */
export interface FindingRateEvent {
  type: "findingRate";
  done: number;
  total: number;
}

/** The learning rate that is taken, `suggestion`, with the curve that it was read from. */
export interface RateFoundEvent extends LrFindResult {
  type: "rateFound";
}

/** Frozen layers are run once over all pictures. */
export interface FeaturesEvent {
  type: "features";
  /** Pictures done so far and in all. */
  done: number;
  total: number;
}

/** A training is about to begin. */
export interface TrainingEvent {
  type: "training";
  phase: Phase;
  /** Numbers of parameters. */
  trained: number;
  parameters: number;
  /** The layers that are trained, where that isn't all of them. */
  layers: readonly string[];
  epochs: number;
  network: NetworkInfo;
}

/** The network was measured on the validation pictures: before it was trained, or after. */
export interface EvaluatedEvent {
  type: "evaluated";
  phase: Phase | "before";
  evaluation: Evaluation;
  model: Module;
  /** What it was measured on, and how its pictures come to the network's input. */
  validation: Dataset;
  transform: readonly transforms.Transform[];
}

/** How good a network with several labels a picture is on the validation or test pictures, with the thresholds that it has. */
export interface LabelsEvent extends LabelFigures {
  type: "labels";
}

/** The trained network was judged by the mean of its answers to variations of each validation picture. */
export interface AugmentedEvent {
  type: "augmented";
  /** Variations of each picture. */
  times: number;
  accuracy: number;
}

/** The state of the training is kept: a run that is given the path as `resume`, or the same store, goes on from there. */
export interface KeptEvent {
  type: "kept";
  /** null where a store keeps it. */
  path: string | null;
  step: number;
}

/** Something couldn't be written, such as a checkpoint on a full disk. Training goes on. */
export interface NotKeptEvent {
  type: "notKept";
  /** null where a store was to keep it. */
  path: string | null;
  why: string;
}

/** The finished network can't be written anywhere: it is tried again until there is room, or the signal is raised. */
export interface WaitingEvent {
  type: "waiting";
  why: string;
  /** Seconds until the next try. */
  seconds: number;
}

/** The network is on the disk, with what belongs to it. */
export interface SavedEvent extends ResultFiles {
  type: "saved";
}

/** A report is on the disk: a page, and its numbers. */
export interface ReportedEvent {
  type: "reported";
  html: string;
  json: string;
}

/** The run was stopped by its signal. */
export interface InterruptedEvent {
  type: "interrupted";
  /** Optimizer steps that are done. */
  step: number;
  /** What a run can go on from; null where nothing is kept. */
  checkpoint: string | null;
}

/** The run failed, and the error is about to be thrown. */
export interface FailedEvent {
  type: "failed";
  why: string;
  /** What a run can go on from, perhaps with other settings; null where nothing is kept. */
  checkpoint: string | null;
}

/** It is done; the last event. */
export interface ResultEvent {
  type: "result";
  result: FinetuneResult;
}

/** An event of the trainer, and which training it is of. */
export type PhaseEvent = TrainEvent & { readonly phase: Phase };

/** What `finetune` tells while it works. */
export type FinetuneEvent =
  | ReadingEvent
  | PretrainedEvent
  | WeightsEvent
  | DataEvent
  | AdapterEvent
  | LoadedEvent
  | WarningEvent
  | TryingEvent
  | TriedEvent
  | ChosenEvent
  | FindingRateEvent
  | RateFoundEvent
  | FeaturesEvent
  | TrainingEvent
  | PhaseEvent
  | EvaluatedEvent
  | LabelsEvent
  | AugmentedEvent
  | KeptEvent
  | NotKeptEvent
  | WaitingEvent
  | SavedEvent
  | ReportedEvent
  | InterruptedEvent
  | FailedEvent
  | ResultEvent;

/** What `evaluate`, `predict` and the like tell. */
export type TaskEvent =
  | ReadingEvent
  | PretrainedEvent
  | NetworkEvent
  | TestDataEvent
  | AdapterEvent
  | MeasuringEvent
  | LabelsEvent
  | ReportedEvent
  | WarningEvent;
