import type { Value } from "../../graph/builder.ts";
import { isJsonObject, ownValue } from "../../json.ts";
import { activation, PLAIN } from "./activations.ts";
import { isTensorArgument } from "./calls.ts";
import type { KerasContext, LayerRule, LayerUse } from "./context.ts";

/** What an operation works on: values and numbers, in their order. */
type Operands = readonly (Value | number)[];
type Arithmetic = "add" | "subtract" | "multiply" | "divide";

const ARITHMETIC: ReadonlyMap<string, Arithmetic> = new Map<string, Arithmetic>([
  ...(["Add", "AddV2", "__operators__.add", "math.add", "add"] as const).map(
    (name) => [name, "add"] as const,
  ),
  ...(["Subtract", "Sub", "math.subtract", "subtract"] as const).map(
    (name) => [name, "subtract"] as const,
  ),
  ...(["Multiply", "Mul", "math.multiply", "multiply"] as const).map(
    (name) => [name, "multiply"] as const,
  ),
  ...(["Divide", "TrueDivide", "RealDiv", "math.truediv", "math.divide"] as const).map(
    (name) => [name, "divide"] as const,
  ),
]);

/** Operations by the last part of their names, as activations of Keras. */
const ACTIVATIONS: ReadonlyMap<string, string> = new Map(
  [...PLAIN.keys(), "softmax", "hard_sigmoid"].map((name) => [name.replaceAll("_", ""), name]),
);

/** In a `.h5`, Keras 3 doesn't tell operations from layers; "Subtract" is both. */
export function isKnownOp(className: string): boolean {
  return ARITHMETIC.has(className) || ACTIVATIONS.has(className.toLowerCase());
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
  const op = isJsonObject(nodeDef) ? ownValue(nodeDef, "op") : undefined;
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
  const kind = ARITHMETIC.get(name);
  const calculated = kind && operands.length === 2 && arithmetic(kind, operands, use, context);
  if (calculated) return calculated;
  const short = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const known = ACTIVATIONS.get(short);
  const isPlain =
    operands.every((operand) => typeof operand !== "number") && use.inputs.length === 1;
  if (known && isPlain) return activation(known, use, context);
  return context.builder.unsupported(
    use.name,
    use.className,
    `the operation "${name}" isn't supported here`,
  );
}

function arithmetic(
  kind: Arithmetic,
  [a, b]: Operands,
  { name }: LayerUse,
  { builder }: KerasContext,
): Value | undefined {
  const line = (wanted: string, value: Value, scale: number, offset: number) =>
    builder.add("rescale", wanted, [value], { scale: [scale], offset: [offset] });
  if (typeof a === "number" && typeof b === "number") return undefined;
  if (typeof a === "number" || typeof b === "number") {
    const [value, number] = typeof a === "number" ? [b as Value, a] : [a, b as number];
    const isReversed = typeof a === "number";
    if (kind === "add") return line(name, value, 1, number);
    if (kind === "multiply") return line(name, value, number, 0);
    if (kind === "subtract")
      return isReversed ? line(name, value, -1, number) : line(name, value, 1, -number);
    return isReversed ? undefined : line(name, value, 1 / number, 0);
  }
  if (kind === "add") return builder.add("add", name, [a, b], {});
  if (kind === "multiply") return builder.add("mul", name, [a, b], {});
  if (kind === "divide") return undefined;
  return builder.add("add", name, [a, line(`${name}_negative`, b, -1, 0)], {});
}
