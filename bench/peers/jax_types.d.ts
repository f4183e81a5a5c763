// The part of jax-js that the bench calls, so that types can be checked without the package: it is only installed
// when it is to be measured.
declare module "@jax-js/jax" {
  export interface Array {
    readonly shape: number[];
    /** The same array, to be consumed once more. */
    readonly ref: this;
    /** Consumes the array. */
    data(): Promise<Float32Array>;
    blockUntilReady(): Promise<Array>;
    dispose(): void;
    reshape(shape: number[]): Array;
    add(other: Array | number): Array;
    sub(other: Array | number): Array;
    mul(other: Array | number): Array;
    sum(): Array;
  }
  type Device = "cpu" | "wasm" | "webgpu" | "webgl";
  type Tree = Array | Tree[] | { [key: string]: Tree };

  export function init(...devices: Device[]): Promise<Device[]>;
  export function defaultDevice(device: Device): Device;
  export function getWebGPUDevice(): GPUDevice;
  export function blockUntilReady<T extends Tree>(tree: T): Promise<T>;
  export function jit<Arguments extends Tree[], Result extends Tree>(
    fn: (...args: Arguments) => Result,
  ): ((...args: Arguments) => Result) & { dispose(): void };
  /** With respect to the first argument. */
  export function valueAndGrad<First extends Tree, Rest extends Tree[]>(
    fn: (first: First, ...rest: Rest) => Array,
  ): (first: First, ...rest: Rest) => [Array, First];

  export const numpy: {
    readonly int32: "int32";
    array(values: Float32Array | Int32Array, options?: { dtype?: "int32" }): Array;
    matmul(a: Array, b: Array): Array;
    dot(a: Array, b: Array): Array;
    transpose(x: Array): Array;
    max(x: Array): Array;
  };
  export const nn: {
    relu(x: Array): Array;
    logSoftmax(x: Array): Array;
    oneHot(indices: Array, classes: number): Array;
  };
  export const lax: {
    convGeneralDilated(
      x: Array,
      weight: Array,
      strides: number[],
      padding: "SAME" | "VALID",
    ): Array;
    reduceWindow(x: Array, fn: (x: Array) => Array, size: number[], strides: number[]): Array;
  };
  export const tree: {
    ref<T extends Tree>(tree: T): T;
    dispose(tree: Tree): void;
  };
}
