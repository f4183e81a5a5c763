import { permuted } from "../../elements/tensors.ts";
import type { WeightTensor } from "../../types.ts";
import { type NodeCall, type NodeContext, unsupported } from "../nodes/context.ts";
import { addDense } from "../nodes/layers.ts";
import { isUnknown, type Operand } from "../operands.ts";
import { matMul } from "./maths.ts";
import { reshaped, transposed } from "./moves.ts";
import { fileSides, plainInput } from "./values.ts";

/** The axes of two factors and of their product, a letter each: "abc,cde->abde". */
interface Equation {
  readonly a: string;
  readonly b: string;
  readonly out: string;
}

const EQUATION = /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]*)$/;

/** Undefined for traces, sums over one factor alone, and whatever isn't of two factors. */
function parsed(text: string): Equation | undefined {
  const [, a, b, out] = EQUATION.exec(text.replaceAll(" ", "")) ?? [];
  if (a === undefined || b === undefined || out === undefined) return undefined;
  const repeats = [a, b, out].some((axes) => new Set(axes).size < axes.length);
  // Each letter stands in two of the three, or in all.
  const isAlone = [...(a + b + out)].some(
    (letter) => [a, b, out].filter((axes) => axes.includes(letter)).length < 2,
  );
  return repeats || isAlone ? undefined : { a, b, out };
}

/** The axes of a product of matrices: those of both factors, a's own, those summed over, b's own. */
function partsOf({ a, b, out }: Equation) {
  const those = (axes: string, inA: boolean, inB: boolean, inOut: boolean) =>
    [...axes]
      .filter((letter) => a.includes(letter) === inA && b.includes(letter) === inB)
      .filter((letter) => out.includes(letter) === inOut)
      .join("");
  return {
    both: those(a, true, true, true),
    ownA: those(a, true, false, true),
    summed: those(a, true, true, false),
    ownB: those(b, false, true, true),
  };
}

/** The product of two values, or of a value and a tensor of weights, by the letters of their axes. */
export function einsum(call: NodeCall, context: NodeContext, text: string): Operand {
  const equation = parsed(text);
  if (!equation || call.inputs.length !== 2) {
    return unsupported(call, context, `only products of two factors are supported, not "${text}"`);
  }
  const [first, second] = call.inputs;
  if (first?.kind === "value") return product(call, context, equation);
  const turned = { a: equation.b, b: equation.a, out: equation.out };
  return product({ ...call, inputs: [second, first] }, context, turned);
}

function product(call: NodeCall, context: NodeContext, equation: Equation): Operand {
  const { a, b, out } = equation;
  const sides = new Map([...sidesOf(call, context, a, 0), ...sidesOf(call, context, b, 1)]);
  if ([...(a + b)].some((axis) => !sides.has(axis))) {
    return unsupported(call, context, "the axes of its inputs aren't known");
  }
  const sizes = (axes: string) => [...axes].map((axis) => sides.get(axis) ?? 0);
  const count = (axes: string) => sizes(axes).reduce((total, size) => total * size, 1);
  const { both, ownA, summed, ownB } = partsOf(equation);

  type Step = (operand: Operand) => Operand;
  const on = (...inputs: Operand[]): NodeCall => ({ ...call, inputs });
  const turn =
    (from: string, to: string): Step =>
    (operand) =>
      from === to ? operand : transposed(on(operand), context, orderOf(from, to));
  const shape =
    (target: readonly number[]): Step =>
    (operand) =>
      reshaped(on(operand), context, target);
  /** What is unknown is said once. */
  const through = (operand: Operand, ...steps: readonly Step[]) =>
    steps.reduce((given, step) => (isUnknown(given) ? given : step(given)), operand);

  const [left, right] = call.inputs;
  if (!left || !right) return unsupported(call, context, "it has fewer inputs than it needs");
  const back = [shape(sizes(both + ownA + ownB)), turn(both + ownA + ownB, out)];
  if (right.kind === "constant" && both === "") {
    const [inputs, outputs] = [count(summed), count(ownB)];
    const kernel = asMatrix(right.tensor, orderOf(b, summed + ownB), [inputs, outputs]);
    // A bias right behind is the layer's where nothing is moved in between.
    const bias = ownB.length === 1 && ownA + ownB === out ? undefined : null;
    const layer: Step = (rows) => addDense(on(rows), context, kernel, { isOutIn: false, bias });
    const rows = [turn(a, ownA + summed), shape([...sizes(ownA), inputs])];
    return through(left, ...rows, layer, ...back);
  }
  const columns = through(
    right,
    turn(b, both + summed + ownB),
    shape([...sizes(both), count(summed), count(ownB)]),
  );
  if (isUnknown(columns)) return columns;
  return through(
    left,
    turn(a, both + ownA + summed),
    shape([...sizes(both), count(ownA), count(summed)]),
    (rows) => matMul(on(rows, columns), context),
    ...back,
  );
}

/** The axes of an input with their sizes; none where these aren't known. */
function sidesOf(call: NodeCall, context: NodeContext, axes: string, index: number) {
  const operand = call.inputs[index];
  const value = plainInput(call, context, index);
  const sides =
    operand?.kind === "constant" ? operand.tensor.shape : value && fileSides(value, context);
  if (sides?.length !== axes.length) return [];
  return [...axes].flatMap((axis, i): [string, number][] => {
    const side = sides[i];
    return side === null ? [] : [[axis, side]];
  });
}

const orderOf = (from: string, to: string) => [...to].map((letter) => from.indexOf(letter));

/** Weights as a matrix. */
function asMatrix(
  tensor: WeightTensor,
  order: readonly number[],
  shape: readonly number[],
): WeightTensor {
  const isSame = order.every((axis, i) => axis === i);
  return { ...(isSame ? tensor : permuted(tensor, order)), shape };
}
