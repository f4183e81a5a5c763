// The part of TensorFlow.js that the bench calls, so that types can be checked without the package: it is only
// installed when it is to be measured.
declare module "@tensorflow/tfjs" {
  export interface Tensor {
    readonly shape: number[];
    data(): Promise<Float32Array>;
    dispose(): void;
  }
  export interface Variable extends Tensor {
    readonly trainable: boolean;
  }
  export interface Optimizer {
    minimize(loss: () => Tensor, returnCost: boolean, variables: Variable[]): Tensor | null;
    dispose(): void;
  }
  export function setBackend(name: string): Promise<boolean>;
  export function ready(): Promise<void>;
  export function getBackend(): string;
  /** Its WebGPU backend has a device. */
  export function backend(): { readonly device?: GPUDevice };
  export function tidy<T>(fn: () => T): T;
  export function dispose(values: Tensor[]): void;
  export function tensor(
    values: Float32Array | Int32Array,
    shape: number[],
    dtype?: "float32" | "int32",
  ): Tensor;
  export function variable(initial: Tensor, trainable: boolean): Variable;
  export function oneHot(indices: Tensor, depth: number): Tensor;
  export function add(a: Tensor, b: Tensor): Tensor;
  export function matMul(a: Tensor, b: Tensor): Tensor;
  export function reshape(x: Tensor, shape: number[]): Tensor;
  export function slice(x: Tensor, begin: number[], size: number[]): Tensor;
  export function maxPool(x: Tensor, size: number, strides: number, pad: "valid" | "same"): Tensor;
  export const fused: {
    conv2d(options: {
      x: Tensor;
      filter: Tensor;
      strides: number;
      pad: "valid" | "same";
      bias: Tensor;
      activation: "relu";
    }): Tensor;
  };
  export const losses: { softmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor };
  export const train: { sgd(learningRate: number): Optimizer };
}

declare module "@tensorflow/tfjs-backend-webgpu" {}

declare module "@tensorflow/tfjs-backend-wasm" {
  export function setWasmPaths(prefix: string): void;
}
