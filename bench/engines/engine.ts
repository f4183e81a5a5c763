import type { Batch, LayerWeights, Network } from "./network.ts";

/** Work that an engine has made ready: inputs on the GPU, nothing run yet. */
export interface Work {
  /** Does it `times` times and waits until the GPU is done. */
  run(times: number): Promise<void>;
  /** The result of the last run; for training, the losses of all steps so far. */
  read(): Promise<ArrayLike<number>>;
  /** Gives the memory back. */
  dispose(): void;
}

export interface TrainingJob {
  readonly network: Network;
  readonly weights: readonly LayerWeights[];
  readonly batch: Batch;
  /** Of plain gradient descent. */
  readonly learningRate: number;
}

/** A library under measurement. */
export interface Engine {
  readonly name: string;
  /** Takes an adapter and a device. The device it then uses, or null when it doesn't compute on WebGPU. */
  start(): Promise<GPUDevice | null>;
  /** [n, n] · [n, n], row-major. */
  matmul(n: number, a: Float32Array, b: Float32Array): Promise<Work>;
  /** Steps of gradient descent on the mean cross-entropy of one batch. */
  train(job: TrainingJob): Promise<Work>;
}

/** What a module under engines/ or peers/ exports as `createEngine`. */
export type CreateEngine = (environment: Environment) => Engine;

/** What differs between a page and Node. */
export interface Environment {
  requestAdapter(): Promise<GPUAdapter | null>;
}
