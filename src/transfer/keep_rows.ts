import { add, matmul, mul, noGrad, type Tensor, tensor } from "../autograd/index.ts";
import { copyInto } from "../kernels/index.ts";
import type { Conv2d, Linear } from "../nn/index.ts";

/** Old classes by the new ones' numbers; several are merged into one. */
export type KeptClasses = Readonly<Record<number, number | readonly number[]>>;

/**
 * The classes of a new head that an old one knows, for `replaceHead`'s `keep`: those of the same name, and those that
 * `sources` names.
 *
 * @param before the old head's class names, in order.
 * @param after the new one's.
 * @param sources what a new class was called before (`{ cougar: "puma" }`), or which ones it is made of
 *   (`{ vehicle: ["car", "truck"] }`).
 * @throws Error for names that there aren't.
 *
 * @example transfer.replaceHead(model, after.length, { keep: transfer.keptClasses(before, after) });
 */
export function keptClasses(
  before: readonly string[],
  after: readonly string[],
  sources: Readonly<Record<string, string | readonly string[]>> = {},
): Record<number, number[]> {
  for (const name of Object.keys(sources)) numberOf(name, after, "new");
  const kept: Record<number, number[]> = {};
  after.forEach((name, i) => {
    const given = sources[name];
    const names = given === undefined ? [name].filter((one) => before.includes(one)) : [given];
    const numbers = names.flat().map((one) => numberOf(one, before, "old"));
    if (numbers.length > 0) kept[i] = numbers;
  });
  return kept;
}

function numberOf(name: string, classes: readonly string[], which: string): number {
  const number = classes.indexOf(name);
  if (number >= 0) return number;
  throw new Error(`keptClasses: "${name}" is none of the ${which} classes: ${classes.join(", ")}`);
}

/** @throws Error for numbers that are no class of the old or the new head. */
export function checkKept(keep: KeptClasses, before: number, after: number): void {
  const isClass = (number: number, count: number) =>
    Number.isInteger(number) && number >= 0 && number < count;
  for (const [to, from] of pairsOf(keep)) {
    if (!isClass(to, after))
      throw new RangeError(`replaceHead: keep names the new class ${to}; there are ${after}`);
    if (from.length === 0)
      throw new Error(`replaceHead: keep gives the new class ${to} no old one; leave it out`);
    for (const number of from)
      if (!isClass(number, before))
        throw new RangeError(
          `replaceHead: keep names the old class ${number}; there are ${before}`,
        );
  }
}

/**
 * Copies rows of weights and biases. Classes that become one give the mean of their rows, and a bias higher by the logarithm of
 * their number: where they are equally likely, the one is as likely as all of them.
 */
export function keepRows(old: Linear | Conv2d, head: Linear | Conv2d, keep: KeptClasses): void {
  const [before, after] = [old.weight.shape[0]!, head.weight.shape[0]!];
  const shares = new Float32Array(after * before);
  const isNew = new Float32Array(after).fill(1);
  const raised = new Float32Array(after);
  for (const [to, from] of pairsOf(keep)) {
    for (const number of from) shares[to * before + number] = 1 / from.length;
    isNew[to] = 0;
    raised[to] = Math.log(from.length);
  }
  const mixed = (given: Tensor, fresh: Tensor) => {
    const rows = matmul(tensor(shares).reshape([after, before]), given.reshape([before, -1]));
    const others = mul(fresh.reshape([after, -1]), tensor(isNew).reshape([after, 1]));
    return add(rows, others).reshape([...fresh.shape]);
  };
  noGrad(() => {
    copyInto(head.weight.array, mixed(old.weight, head.weight).array);
    if (!old.bias || !head.bias) return;
    copyInto(head.bias.array, add(mixed(old.bias, head.bias), tensor(raised)).array);
  });
}

function pairsOf(keep: KeptClasses): [to: number, from: readonly number[]][] {
  return Object.entries(keep).map(([to, from]) => [Number(to), [from].flat()]);
}
