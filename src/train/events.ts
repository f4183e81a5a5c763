import type { Evaluation } from "./evaluation/evaluate.ts";

/** Kernels are being compiled before the first step. */
export interface CompileEvent {
  type: "compile";
  done: number;
  total: number;
}

/** One optimizer step is done. */
export interface StepEvent {
  type: "step";
  /** Counted from 1 over the trainer's life. */
  step: number;
  /** Counted from 0. */
  epoch: number;
  epochs: number;
  /** Steps done in this epoch, and steps an epoch. */
  batch: number;
  batches: number;
  /** Over the step's examples. */
  loss: number;
  /** Share of them classified right; absent for losses without class targets. */
  accuracy?: number;
  /** The figures of the metrics that were asked for, by name. */
  metrics: Record<string, number>;
  learningRate: number;
  imagesPerSecond: number;
  /** Estimated seconds until fit ends. */
  secondsLeft: number;
}

/** An epoch is over, its validation too. */
export interface EpochEvent {
  type: "epoch";
  epoch: number;
  epochs: number;
  /** Over the epoch's examples, taken while the weights moved. */
  loss: number;
  accuracy?: number;
  metrics: Record<string, number>;
  validation?: Evaluation;
  /** Whether `keepBest` keeps this epoch's weights, until a better one comes. */
  isBest: boolean;
  seconds: number;
}

/** The state was saved in memory, or to `store` where one was given. */
export interface CheckpointEvent {
  type: "checkpoint";
  step: number;
  stored: boolean;
}

/** The GPU went away; training goes on from the last snapshot on a new device. */
export interface DeviceLostEvent {
  type: "deviceLost";
  reason: string;
  /** The step training goes on from. */
  step: number;
}

/** The signal was raised. `fit` with the same arguments goes on from here. */
export interface StoppedEvent {
  type: "stopped";
  step: number;
}

/** What `fit` tells while it works. */
export type TrainEvent =
  | CompileEvent
  | StepEvent
  | EpochEvent
  | CheckpointEvent
  | DeviceLostEvent
  | StoppedEvent;
