import { allocate, type DType, type NDArray } from "./array.ts";

export type Activation = "none" | "relu";

/** What is done to each element of a result on its way to memory, in the launch that computes it. */
export interface Epilogue {
  /** Added: one value per column of a product, one per output channel of a convolution. */
  readonly bias?: NDArray | null;
  /** After the bias. */
  readonly activation?: Activation;
}

/** A ReLU, by what it gave. */
export interface Rectifier {
  readonly kind: "relu" | "relu6";
  readonly out: NDArray;
}

/** What can be done to a gradient on its way to memory. */
export interface Finish {
  /** Added: one value per input channel, where the gradient is a transposed convolution's result. */
  readonly bias?: NDArray | null;
  /** It is added to this one, in place: the result. */
  readonly onto?: NDArray | null;
  /** After that it is zeroed where the ReLU that made the input is off. */
  readonly rectifier?: Rectifier | null;
}

/** An epilogue without its arrays, as variants are asked about it. */
export interface EpilogueParts {
  readonly bias: boolean;
  readonly activation: Activation;
}

export function partsOf({ bias, activation = "none" }: Epilogue): EpilogueParts {
  return { bias: Boolean(bias), activation };
}

/** In words: "bias relu", or nothing. */
export function epilogueText({ bias, activation }: EpilogueParts): string {
  return [bias ? "bias" : "", activation === "none" ? "" : activation].filter(Boolean).join(" ");
}

/** What a kernel that finishes its result (shaders/lib/finish.wgsl) is told of it. */
export function finishing(
  { bias, activation, onto, rectifier }: Epilogue & Finish,
  dtype: DType,
): { constants: Record<string, boolean>; tensors: Record<"bias" | "rectifier", NDArray> } {
  const none = allocate([1], dtype);
  return {
    constants: {
      BIAS: Boolean(bias),
      RELU: activation === "relu",
      ONTO: Boolean(onto),
      RECTIFIED: Boolean(rectifier),
      SIX: rectifier?.kind === "relu6",
    },
    tensors: { bias: bias ?? none, rectifier: rectifier?.out ?? none },
  };
}
