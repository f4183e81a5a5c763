import type { Tensor } from "../../src/autograd/index.ts";

/** A float64 array on the host. */
export interface Ref {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export interface SampleInput {
  readonly shape: readonly number[];
  /** Seeded uniform values in −1..1 when absent. */
  readonly values?: readonly number[];
  readonly dtype?: "f32" | "i32" | "u32" | "f16";
  /** Whether the gradient of this input is checked. Default: true for f32. */
  readonly grad?: boolean;
  /** Maps the seeded values, e.g. away from a kink or into the domain. */
  readonly map?: (value: number, index: number) => number;
}

/** One call of an op with its float64 reference. Gradients are checked against central differences of the reference. */
export interface Sample {
  readonly label: string;
  readonly inputs: readonly SampleInput[];
  readonly run: (...inputs: Tensor[]) => Tensor;
  readonly reference: (...inputs: Ref[]) => Ref;
  /** Relative to the largest magnitude of the result. Default 1e-5. */
  readonly tolerance?: number;
  /** Default 1e-4. */
  readonly gradTolerance?: number;
}

export interface ErrorSample {
  readonly label: string;
  readonly run: () => unknown;
  readonly error: RegExp;
}

/** Everything the generic suite needs to test an op of src/autograd/ops. */
export interface OpInfo {
  /** Names in the op registry that this covers. */
  readonly ops: readonly string[];
  readonly samples: readonly Sample[];
  /** Software adapters run other kernels than GPUs: also run the samples with those of a GPU. */
  readonly gpuKernels?: boolean;
  readonly errors: readonly ErrorSample[];
}
