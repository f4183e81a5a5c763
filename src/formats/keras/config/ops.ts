import { type Arithmetic, calculate } from "../../graph/arithmetic.ts";
import type { Value } from "../../graph/builder.ts";
import { constantOperand, valueOperand } from "../../graph/operands.ts";
import { isJsonObject, ownValue } from "../../json.ts";
import type { WeightTensor } from "../../types.ts";
import { activation, PLAIN } from "./activations.ts";
import { isTensorArgument } from "./calls.ts";
import { type KerasContext, type LayerRule, type LayerUse, unsupported } from "./context.ts";

/** What an operation works on: values and numbers, in their order. */
type Operands = readonly (Value | number)[];

const ARITHMETIC: Readonly<Record<Arithmetic, readonly string[]>> = {
  add: ["Add", "AddV2", "__operators__.add", "math.add", "add"],
  sub: ["Subtract", "Sub", "math.subtract", "subtract"],
  mul: ["Multiply", "Mul", "math.multiply", "multiply"],
  div: ["Divide", "TrueDivide", "RealDiv", "math.truediv", "math.divide"],
};

const ARITHMETIC_OF: ReadonlyMap<string, Arithmetic> = new Map(
  (["add", "sub", "mul", "div"] as const).flatMap((kind) =>
    ARITHMETIC[kind].map((name) => [name, kind] as const),
  ),
);

/** Operations by the last part of their names, as activations of Keras. */
const ACTIVATIONS: ReadonlyMap<string, string> = new Map(
  [...PLAIN.keys(), "softmax", "log_softmax", "hard_sigmoid"].map((name) => [
    name.replaceAll("_", ""),
    name,
  ]),
);

/** In a `.h5`, Keras 3 doesn't tell operations from layers; "Subtract" is both. */
export function isKnownOp(className: string): boolean {
  return ARITHMETIC_OF.has(className) || ACTIVATIONS.has(className.toLowerCase());
}

/** Whether a layer was called with a number: then it is an operation of the same name. */
export function hasNumber({ call }: LayerUse): boolean {
  return call?.args.some((argument) => typeof argument === "number") ?? false;
}

/** Operations written in Python between layers ("x + 3"): Keras 3 keeps them like layers. */
export const kerasOp: LayerRule = (use, context) =>
  operation(use.className, operandsOf(use), use, context);

/** The same in Keras 2.4 to 2.15: class TFOpLambda. */
export const tfOpLambda: LayerRule = (use, context) =>
  operation(use.fields.text("", "function"), operandsOf(use), use, context);

/** The same in Keras 2.0 to 2.3: class TensorFlowOpLayer, whose numbers are in its configuration. */
export const tensorflowOpLayer: LayerRule = (use, context) => {
  const nodeDef = use.fields.value("node_def");
  const op = ownValue(nodeDef, "op");
  const constants = use.fields.value("constants");
  const operands: (Value | number)[] = [...use.inputs];
  if (isJsonObject(constants)) {
    for (const [index, value] of Object.entries(constants)) {
      if (typeof value === "number") operands.splice(Number(index), 0, value);
    }
  }
  return operation(typeof op === "string" ? op : "", operands, use, context);
};

function operandsOf({ inputs, call }: LayerUse): Operands {
  const values = [...inputs];
  const given = [...(call?.args.flat() ?? []), ...Object.values(call?.kwargs ?? {})];
  const operands = given.flatMap((argument): (Value | number)[] => {
    if (typeof argument === "number") return [argument];
    const value = isTensorArgument(argument) ? values.shift() : undefined;
    return value ? [value] : [];
  });
  // Keras 2 lists its first input apart from the arguments.
  return [...values, ...operands];
}

function operation(name: string, operands: Operands, use: LayerUse, context: KerasContext): Value {
  const kind = ARITHMETIC_OF.get(name);
  if (kind && operands.length === 2) return arithmetic(kind, operands, use, context);
  const short = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const known = ACTIVATIONS.get(short);
  const isPlain =
    operands.every((operand) => typeof operand !== "number") && use.inputs.length === 1;
  if (known && isPlain) return activation(known, use, context);
  return unsupported(use, context, `the operation "${name}" isn't supported here`);
}

function arithmetic(
  kind: Arithmetic,
  operands: Operands,
  use: LayerUse,
  context: KerasContext,
): Value {
  const [a, b] = operands.map((operand) =>
    typeof operand === "number"
      ? constantOperand(numberTensor(operand))
      : valueOperand(operand, context.layout),
  );
  const outcome = calculate(context.builder, { name: use.name, kind, a, b });
  return typeof outcome === "string" ? unsupported(use, context, outcome) : outcome.value;
}

function numberTensor(value: number): WeightTensor {
  return { name: "a number", shape: [], dtype: "f64", data: () => Float64Array.of(value) };
}
