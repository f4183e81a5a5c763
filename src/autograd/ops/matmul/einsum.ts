import { shapeText, sizeOf } from "../../../base/index.ts";
import { requireFloat } from "../../checks.ts";
import { scope } from "../../mode.ts";
import type { Tensor } from "../../tensor.ts";
import { mul } from "../elementwise/arithmetic.ts";
import { narrow } from "../layout/narrow.ts";
import { pad } from "../layout/pad.ts";
import { permute } from "../layout/permute.ts";
import { reshape } from "../layout/reshape.ts";
import { sum } from "../reduce/reductions.ts";
import { matmul } from "./matmul.ts";

/** A tensor whose dimensions have letters. */
interface Lettered {
  readonly tensor: Tensor;
  readonly letters: readonly string[];
}

/**
 * Sums of products by the letters of dimensions, as torch.einsum: `einsum("bhqd,bhkd->bhqk", queries, keys)`. A letter that
 * the result lacks is summed over; one that an operand has twice takes its diagonal; "..." stands for leading dimensions,
 * which must be as many and as large in all operands that have them. Without "->" the result has the letters that
 * occur once, in the alphabet's order. Products of two operands are matrix products; more are taken from left to right.
 *
 * @throws Error for what isn't such an equation, naming what is wrong with it.
 */
export function einsum(equation: string, ...operands: Tensor[]): Tensor {
  const fail = (why: string): never => {
    throw new Error(`einsum: "${equation}": ${why}`);
  };
  if (operands.length === 0) fail("there are no tensors");
  operands.forEach((operand, i) => {
    requireFloat("einsum", `operand ${i}`, operand);
  });
  const { inputs, output } = parse(equation, operands, fail);
  checkSizes(inputs, fail);
  return scope(() => {
    const [first, ...rest] = inputs.map(diagonals);
    const result = rest.reduce(
      (a, b, i) => product(a, b, new Set([...output, ...rest.slice(i + 1).flatMap(lettersOf)])),
      first!,
    );
    const summed = summedTo(result, new Set(output));
    return permute(
      summed.tensor,
      output.map((letter) => summed.letters.indexOf(letter)),
    );
  });
}

const lettersOf = ({ letters }: Lettered) => letters;

type Fail = (why: string) => never;

function parse(equation: string, operands: readonly Tensor[], fail: Fail) {
  const [left = "", right, ...more] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  if (more.length > 0 || !/^[a-zA-Z.,]*$/.test(left + (right ?? "")) || right?.includes(","))
    fail('it must look like "ij,jk->ik", with letters for dimensions');
  if (terms.length !== operands.length)
    fail(`it names ${terms.length} operands, and there are ${operands.length} tensors`);
  let leading: string[] = [];
  const inputs = terms.map((term, i): Lettered => {
    const tensor = operands[i]!;
    const own = term.replace("...", "");
    const others = tensor.ndim - own.length;
    const isOpen = own !== term;
    if (own.includes(".") || others < 0 || (others > 0 && !isOpen))
      fail(`"${term}" doesn't fit operand ${i} of shape ${shapeText(tensor.shape)}`);
    const numbers = Array.from({ length: others }, (_, d) => String(d));
    if (isOpen && leading.length > 0 && leading.length !== others)
      fail('"..." must stand for as many dimensions in each operand');
    if (isOpen) leading = numbers;
    const [before = "", after = ""] = term.split("...");
    return { tensor, letters: isOpen ? [...before, ...numbers, ...after] : [...term] };
  });
  const all = inputs.flatMap(lettersOf).filter((letter) => letter > "9");
  const once = all.filter(
    (letter, i) => all.indexOf(letter, i + 1) < 0 && all.indexOf(letter) === i,
  );
  const [before = "", after] = (right ?? `...${once.sort().join("")}`).split("...");
  const output = [...before, ...(after === undefined ? [] : leading), ...(after ?? "")];
  output.forEach((letter, i) => {
    if (!inputs.some(({ letters }) => letters.includes(letter)))
      fail(`the result's "${letter}" is in no operand`);
    if (output.indexOf(letter) !== i) fail(`the result has "${letter}" twice`);
  });
  return { inputs, output };
}

function checkSizes(inputs: readonly Lettered[], fail: Fail): void {
  const sizes = new Map<string, number>();
  for (const { tensor, letters } of inputs) {
    letters.forEach((letter, d) => {
      const n = tensor.shape[d]!;
      const known = sizes.get(letter) ?? n;
      if (known !== n) fail(`"${letter}" is ${known} in one place and ${n} in another`);
      sizes.set(letter, n);
    });
  }
}

/** Without letters that occur twice: of each pair of dimensions the diagonal. */
function diagonals(operand: Lettered): Lettered {
  const { letters, tensor } = operand;
  const second = letters.findIndex((letter, d) => letters.indexOf(letter) !== d);
  if (second < 0) return operand;
  const first = letters.indexOf(letters[second]!);
  const others = letters.flatMap((_, d) => (d === first || d === second ? [] : [d]));
  const moved = permute(tensor, [...others, first, second]);
  const n = tensor.shape[first]!;
  const lead = others.map((d) => tensor.shape[d]!);
  // Rows that are one longer: the diagonal is their first column.
  const sheared = reshape(pad(reshape(moved, [...lead, n * n]), [0, n]), [...lead, n, n + 1]);
  const diagonal = reshape(narrow(sheared, -1, 0, 1), [...lead, n]);
  return diagonals({ tensor: diagonal, letters: [...others, first].map((d) => letters[d]!) });
}

/** Without the letters that nobody needs, which are summed over. */
function summedTo({ tensor, letters }: Lettered, needed: ReadonlySet<string>): Lettered {
  const dims = letters.flatMap((letter, d) => (needed.has(letter) ? [] : [d]));
  if (dims.length === 0) return { tensor, letters };
  return { tensor: sum(tensor, dims), letters: letters.filter((letter) => needed.has(letter)) };
}

/** The product of two operands, summed over the letters that only they have and nobody needs. */
function product(a: Lettered, b: Lettered, needed: ReadonlySet<string>): Lettered {
  const x = summedTo(a, new Set([...needed, ...b.letters]));
  const y = summedTo(b, new Set([...needed, ...a.letters]));
  const shared = x.letters.filter((letter) => y.letters.includes(letter));
  const batch = shared.filter((letter) => needed.has(letter));
  const inner = shared.filter((letter) => !needed.has(letter));
  const rows = x.letters.filter((letter) => !shared.includes(letter));
  const columns = y.letters.filter((letter) => !shared.includes(letter));
  const sizes = new Map(
    [x, y].flatMap(({ tensor, letters }) =>
      letters.map((letter, d) => [letter, tensor.shape[d]!] as const),
    ),
  );
  const count = (letters: readonly string[]) => sizeOf(letters.map((letter) => sizes.get(letter)!));
  const left = arranged(x, [...batch, ...rows, ...inner], [batch, rows, inner].map(count));
  const right = arranged(y, [...batch, ...inner, ...columns], [batch, inner, columns].map(count));
  const letters = [...batch, ...rows, ...columns];
  const out = inner.length > 0 ? matmul(left, right) : mul(left, right);
  return {
    tensor: reshape(
      out,
      letters.map((letter) => sizes.get(letter)!),
    ),
    letters,
  };
}

function arranged({ tensor, letters }: Lettered, order: string[], shape: number[]): Tensor {
  return reshape(
    permute(
      tensor,
      order.map((letter) => letters.indexOf(letter)),
    ),
    shape,
  );
}
