import { tensor, zeros } from "../../src/autograd/index.ts";
import { einsum } from "../../src/autograd/ops/matmul/einsum.ts";
import { unravel } from "./compare.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { generate, sizeOf } from "./reference/array.ts";
import { valueAt } from "./reference/rearrange.ts";

/** The sum over all letters that the result lacks, one after the other. */
function einsumRef(terms: readonly string[], output: string, inputs: readonly Ref[]): Ref {
  const sizes = new Map(
    terms.flatMap((term, i) =>
      [...term].map((letter, d) => [letter, inputs[i]!.shape[d]!] as const),
    ),
  );
  const shape = [...output].map((letter) => sizes.get(letter)!);
  const summed = [...sizes.keys()].filter((letter) => !output.includes(letter));
  const extent = summed.map((letter) => sizes.get(letter)!);
  return generate(shape, (i) => {
    const outer = unravel(i, shape);
    let sum = 0;
    for (let k = 0; k < sizeOf(extent); k++) {
      const inner = unravel(k, extent);
      const at = (letter: string) => {
        const d = output.indexOf(letter);
        return d >= 0 ? outer[d]! : inner[summed.indexOf(letter)]!;
      };
      sum += terms.reduce((all, term, n) => all * valueAt(inputs[n]!, [...term].map(at)), 1);
    }
    return sum;
  });
}

/** @param spelled the equation as it stands for, where it leaves something to be understood. */
function written(equation: string, shapes: number[][], spelled = equation): Sample {
  const [left = "", output = ""] = spelled.split("->");
  return {
    label: `einsum ${equation} of ${JSON.stringify(shapes)}`,
    inputs: shapes.map((shape) => ({ shape })),
    run: (...inputs) => einsum(equation, ...inputs),
    reference: (...inputs) => einsumRef(left.split(","), output, inputs),
  };
}

export const info: OpInfo = {
  ops: [],
  samples: [
    written("ij,jk->ik", [
      [3, 4],
      [4, 5],
    ]),
    written(
      "ij, jk",
      [
        [3, 4],
        [4, 5],
      ],
      "ij,jk->ik",
    ),
    written("ij->ji", [[3, 4]]),
    written("ba", [[3, 4]], "ba->ab"),
    written("ij->i", [[3, 4]]),
    written("ij->", [[3, 4]]),
    written("ii->", [[4, 4]]),
    written("ii", [[4, 4]], "ii->"),
    written("ii->i", [[5, 5]]),
    written("bij,bij->bij", [
      [2, 3, 4],
      [2, 3, 4],
    ]),
    written("bi,bi->b", [
      [3, 4],
      [3, 4],
    ]),
    written("i,j->ij", [[3], [4]]),
    written("i,i->", [[5], [5]]),
    written("bhqd,bhkd->bhqk", [
      [2, 3, 4, 5],
      [2, 3, 6, 5],
    ]),
    written("bqhd,bkhd->bhqk", [
      [2, 4, 3, 5],
      [2, 6, 3, 5],
    ]),
    written("bhqk,bkhd->bqhd", [
      [2, 3, 4, 6],
      [2, 6, 3, 5],
    ]),
    written("bijb,jk->ki", [
      [2, 3, 4, 2],
      [4, 3],
    ]),
    written("nchw,kc->nkhw", [
      [2, 3, 4, 5],
      [6, 3],
    ]),
    written("ab,bc,cd->ad", [
      [2, 3],
      [3, 4],
      [4, 2],
    ]),
    written("b,bc,b->c", [[3], [3, 4], [3]]),
    written(
      "...ij,...jk->...ik",
      [
        [2, 3, 4],
        [2, 4, 5],
      ],
      "zij,zjk->zik",
    ),
    written("...i->...", [[2, 3, 4]], "yzi->yz"),
    written(
      "...ij,jk",
      [
        [2, 3, 4],
        [4, 5],
      ],
      "zij,jk->zik",
    ),
  ],
  errors: [
    { label: "no tensors", run: () => einsum("ij"), error: /einsum: "ij": there are no tensors/ },
    {
      label: "too few tensors",
      run: () => einsum("ij,jk->ik", zeros([2, 3])),
      error: /it names 2 operands, and there are 1 tensors/,
    },
    {
      label: "a rank that doesn't fit",
      run: () => einsum("ijk->i", zeros([2, 3])),
      error: /"ijk" doesn't fit operand 0 of shape \[2, 3\]/,
    },
    {
      label: "sizes that differ",
      run: () => einsum("ij,jk->ik", zeros([2, 3]), zeros([4, 5])),
      error: /"j" is 3 in one place and 4 in another/,
    },
    {
      label: "an unknown letter",
      run: () => einsum("ij->ik", zeros([2, 3])),
      error: /the result's "k" is in no operand/,
    },
    {
      label: "a letter of the result twice",
      run: () => einsum("i->ii", zeros([2])),
      error: /the result has "i" twice/,
    },
    {
      label: "other signs",
      run: () => einsum("i*j->ij", zeros([2])),
      error: /it must look like "ij,jk->ik", with letters for dimensions/,
    },
    {
      label: "open dimensions that differ",
      run: () => einsum("...i,...i->...", zeros([2, 3, 4]), zeros([3, 4])),
      error: /"..." must stand for as many dimensions in each operand/,
    },
    {
      label: "integers",
      run: () => einsum("i->", tensor(Int32Array.of(1))),
      error: /einsum: operand 0 has dtype i32/,
    },
  ],
};
