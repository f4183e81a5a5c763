import source from "../../../shaders/elementwise/where.wgsl";
import { type Shape, sameShape } from "../../base/index.ts";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate, type NDArray } from "../array.ts";
import { broadcastShapes, broadcastStrides, collapse, innerFirst, type Walk } from "./broadcast.ts";

/** a where condition isn't 0, else b, with broadcasting; a and b have one dtype, at most one is a number. */
export function pickWhere(condition: NDArray, a: NDArray | number, b: NDArray | number): NDArray {
  const first = typeof a === "number" ? b : a;
  const second = typeof b === "number" ? a : b;
  if (typeof first === "number" || typeof second === "number") {
    throw new Error("where: at least one of the two values must be an array");
  }
  const shape = broadcastShapes(
    "where",
    condition.shape,
    broadcastShapes("where", first.shape, second.shape),
  );
  const walk = walkOf([condition.shape, first.shape, second.shape], shape);
  const [strides_c, strides_a, strides_b] = walk.strides.map(innerFirst) as [
    number[],
    number[],
    number[],
  ];
  const out = allocate(shape, first.dtype);
  launch(
    specialize(source, {
      T: first.dtype,
      C: condition.dtype,
      RANK: walk.dims.length,
      A_NUMBER: typeof a === "number",
      B_NUMBER: typeof b === "number",
    }),
    { condition, a: first, b: second, out },
    {
      n: out.size,
      a_number: typeof a === "number" ? a : 0,
      b_number: typeof b === "number" ? b : 0,
      dims: innerFirst(walk.dims),
      strides_c,
      strides_a,
      strides_b,
    },
    linearGrid(out.size),
  );
  return out;
}

function walkOf(shapes: readonly Shape[], out: Shape): Walk {
  if (shapes.every((shape) => sameShape(shape, out))) return { dims: [], strides: [[], [], []] };
  return collapse({ dims: out, strides: shapes.map((shape) => broadcastStrides(shape, out)) });
}
