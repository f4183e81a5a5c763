/** Functions of each element without attributes, by the names of their ops: activations first, then the plain functions of mathematics. */
export type PlainActivation =
  | "relu"
  | "relu6"
  | "silu"
  | "hardswish"
  | "hardsigmoid"
  | "sigmoid"
  | "tanh"
  | "selu"
  | "softplus"
  | "mish"
  | "abs"
  | "exp"
  | "log"
  | "sqrt"
  | "erf";

/** What an activation is made of where a format lacks it. Each call adds a node and gives its name. */
export interface SimpleOps {
  apply(op: PlainActivation | "add" | "mul", ...inputs: readonly string[]): string;
  /** input · scale + offset. */
  line(input: string, scale: number, offset: number): string;
}

/** What file formats call an activation. */
interface ActivationNames {
  /** ONNX's operator, written and read. */
  readonly onnx?: string;
  /** What ONNX calls it since versions newer than ours: read only. */
  readonly newerOnnx?: string;
  /** The function that the layer Activation takes in every version of Keras and in TF.js, written and read. */
  readonly keras?: string;
  /** What only some versions of Keras call it: read only. */
  readonly otherKeras?: readonly string[];
  /** The operation in TensorFlow's graphs: read only. */
  readonly tensorflow?: string;
  /** Simpler ops that compute the same, for formats that lack it. Without them such a format can't hold it. */
  readonly recipe?: (ops: SimpleOps, input: string) => void;
}

/** A new activation is a line here and one in the type above: the readers and writers of all formats look here. */
export const ACTIVATIONS: Readonly<Record<PlainActivation, ActivationNames>> = {
  relu: { onnx: "Relu", keras: "relu", tensorflow: "Relu" },
  relu6: { otherKeras: ["relu6"], tensorflow: "Relu6" },
  silu: {
    ...{ newerOnnx: "Swish", keras: "swish", otherKeras: ["silu"] },
    recipe: (ops, x) => ops.apply("mul", x, ops.apply("sigmoid", x)),
  },
  hardswish: {
    ...{ newerOnnx: "HardSwish", otherKeras: ["hard_swish", "hard_silu"] },
    recipe: (ops, x) => ops.apply("mul", x, ops.apply("hardsigmoid", x)),
  },
  // clamp(x / 6 + 1 / 2, 0, 1), as relu6(x + 3) / 6. What ONNX and Keras call so may have another slope.
  hardsigmoid: {
    recipe: (ops, x) => ops.line(ops.apply("relu6", ops.line(x, 1, 3)), 1 / 6, 0),
  },
  sigmoid: { onnx: "Sigmoid", keras: "sigmoid", tensorflow: "Sigmoid" },
  tanh: { onnx: "Tanh", keras: "tanh", tensorflow: "Tanh" },
  selu: { onnx: "Selu", keras: "selu", tensorflow: "Selu" },
  softplus: { onnx: "Softplus", keras: "softplus", tensorflow: "Softplus" },
  mish: {
    ...{ newerOnnx: "Mish", otherKeras: ["mish"] },
    recipe: (ops, x) => ops.apply("mul", x, ops.apply("tanh", ops.apply("softplus", x))),
  },
  abs: {
    ...{ onnx: "Abs", tensorflow: "Abs", otherKeras: ["abs", "absolute"] },
    recipe: (ops, x) =>
      ops.apply("add", ops.apply("relu", x), ops.apply("relu", ops.line(x, -1, 0))),
  },
  exp: { onnx: "Exp", otherKeras: ["exponential", "exp"], tensorflow: "Exp" },
  log: { onnx: "Log", otherKeras: ["log"], tensorflow: "Log" },
  sqrt: { onnx: "Sqrt", otherKeras: ["sqrt"], tensorflow: "Sqrt" },
  erf: { onnx: "Erf", otherKeras: ["erf"], tensorflow: "Erf" },
};

const entries = Object.entries(ACTIVATIONS) as readonly [PlainActivation, ActivationNames][];

export const PLAIN_ACTIVATIONS = entries.map(([op]) => op);

/** The activations by what a format calls them. */
export function activationsByName(
  namesOf: (names: ActivationNames) => readonly (string | undefined)[],
): ReadonlyMap<string, PlainActivation> {
  const pairs = entries.flatMap(([op, names]) =>
    namesOf(names).flatMap((name) => (name === undefined ? [] : [[name, op] as const])),
  );
  return new Map(pairs);
}

/** The activations that a format writes in simpler ops: it has no name for them, and its writer no rule of its own. */
export function unnamedActivations(format: "onnx" | "keras", rules: object): PlainActivation[] {
  return entries.flatMap(([op, names]) => (names[format] || op in rules ? [] : [op]));
}
