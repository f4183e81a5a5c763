import { tensor } from "../../src/autograd/index.ts";
import { concat, stack } from "../../src/autograd/ops/layout/concat.ts";
import { mistyped } from "../mistyped.ts";
import { unravel } from "./compare.ts";
import type { OpInfo, Ref, Sample } from "./op_info.ts";
import { generate } from "./reference/array.ts";
import { valueAt } from "./reference/rearrange.ts";

function concatRef(parts: readonly Ref[], dim: number): Ref {
  const length = parts.reduce((sum, { shape }) => sum + shape[dim]!, 0);
  const shape = parts[0]!.shape.with(dim, length);
  return generate(shape, (i) => {
    const position = unravel(i, shape);
    let at = position[dim]!;
    for (const part of parts) {
      if (at < part.shape[dim]!) return valueAt(part, position.with(dim, at));
      at -= part.shape[dim]!;
    }
    throw new Error("beyond the last part");
  });
}

function joined(shapes: number[][], dim: number): Sample {
  const along = dim < 0 ? dim + shapes[0]!.length : dim;
  return {
    label: `concat ${shapes.map((shape) => `[${shape}]`).join(" ")} along ${dim}`,
    inputs: shapes.map((shape) => ({ shape })),
    run: (...tensors) => concat(tensors, dim),
    reference: (...parts) => concatRef(parts, along),
  };
}

function stacked(shape: number[], count: number, dim: number): Sample {
  const place = dim < 0 ? dim + shape.length + 1 : dim;
  return {
    label: `stack ${count} of [${shape}] along ${dim}`,
    inputs: Array.from({ length: count }, () => ({ shape })),
    run: (...tensors) => stack(tensors, dim),
    reference: (...parts) =>
      concatRef(
        parts.map((part) => ({ ...part, shape: part.shape.toSpliced(place, 0, 1) })),
        place,
      ),
  };
}

export const info: OpInfo = {
  ops: ["concat"],
  samples: [
    joined([[3], [5]], 0),
    joined([[2, 3]], 1),
    joined(
      [
        [2, 3],
        [4, 3],
        [1, 3],
      ],
      0,
    ),
    joined(
      [
        [2, 3],
        [2, 1],
        [2, 70],
      ],
      -1,
    ),
    joined(
      [
        [2, 3, 2],
        [2, 1, 2],
      ],
      1,
    ),
    stacked([], 3, 0),
    stacked([2, 3], 2, 0),
    stacked([2, 3], 3, 1),
    stacked([2, 3], 2, -1),
    {
      label: "concat of a tensor with itself",
      inputs: [{ shape: [2, 3] }],
      run: (x) => concat([x, x], 1),
      reference: (x) => concatRef([x, x], 1),
    },
    {
      label: "concat of f16, odd lengths",
      inputs: [
        { shape: [3], dtype: "f16" },
        { shape: [4], dtype: "f16" },
      ],
      run: (...tensors) => concat(tensors),
      reference: (...parts) => concatRef(parts, 0),
    },
    {
      label: "concat of f16, f32 and i32 meets in f32",
      inputs: [
        { shape: [2, 3], dtype: "f16" },
        { shape: [2, 2] },
        { shape: [2, 1], values: [7, -9], dtype: "i32" },
      ],
      run: (...tensors) => concat(tensors, 1),
      reference: (...parts) => concatRef(parts, 1),
    },
    {
      label: "stack of f32 and f16",
      inputs: [{ shape: [3] }, { shape: [3], dtype: "f16" }],
      run: (...tensors) => stack(tensors),
      reference: (a, b) => ({ shape: [2, 3], data: Float64Array.of(...a!.data, ...b!.data) }),
    },
  ],
  errors: [
    { label: "nothing", run: () => concat([]), error: /concat: expects a list of at least one/ },
    {
      label: "shapes that disagree",
      run: () => concat([tensor([[1, 2]]), tensor([[1]])], 0),
      error:
        /concat: tensor 1 has shape \[1, 1\], the first \[1, 2\]: they must agree except along dim 0/,
    },
    {
      label: "ranks that disagree",
      run: () => concat([tensor([[1, 2]]), tensor([1, 2])]),
      error: /concat: tensor 1 has shape \[2\]/,
    },
    { label: "scalars", run: () => concat([tensor(1)]), error: /scalars .* use stack/ },
    {
      label: "what is no tensor",
      run: () => stack([tensor(1), mistyped(2)]),
      error: /stack: tensor 1 must be a tensor, not 2/,
    },
    {
      label: "a stack of different shapes",
      run: () => stack([tensor([1]), tensor([1, 2])]),
      error: /stack: tensor 1 has shape \[2\], the first \[1\]/,
    },
  ],
};
