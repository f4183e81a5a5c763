import type { Evaluation } from "./metrics.ts";

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
  /** Mean loss of this batch. */
  loss: number;
  /** Share of this batch classified right; absent for losses without class targets. */
  accuracy?: number;
  learningRate: number;
  imagesPerSecond: number;
  /** Estimated seconds until fit ends. */
  secondsLeft: number;
}

export interface EpochEvent {
  type: "epoch";
  epoch: number;
  epochs: number;
  /** Means over the epoch, taken while the weights moved. */
  loss: number;
  accuracy?: number;
  validation?: Evaluation;
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

export type TrainEvent =
  | CompileEvent
  | StepEvent
  | EpochEvent
  | CheckpointEvent
  | DeviceLostEvent
  | StoppedEvent;
