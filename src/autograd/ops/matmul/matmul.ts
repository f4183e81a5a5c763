import { type Shape, shapeText } from "../../../base/index.ts";
import { type NDArray, matmul as product, sumMiddle } from "../../../kernels/index.ts";
import { inPrecision } from "../../autocast.ts";
import { requireFloat } from "../../checks.ts";
import { defineOp, saving } from "../../op.ts";
import { promoted } from "../../promotion.ts";
import type { Tensor } from "../../tensor.ts";

/** Operands of rank 1 become a row (a) or a column (b), and the result loses that dimension again. */
const op = defineOp("matmul", ([x, y]) => {
  const a = x.shape.length === 1 ? [1, x.shape[0]!] : x.shape;
  const b = y.shape.length === 1 ? [y.shape[0]!, 1] : y.shape;
  const full = multiply(x.share(a), y.share(b));
  const outShape = full.shape.filter(
    (_, i) =>
      !(x.shape.length === 1 && i === full.shape.length - 2) &&
      !(y.shape.length === 1 && i === full.shape.length - 1),
  );
  return {
    out: full.share(outShape),
    grads: [
      saving([y], (dy) => {
        const dx = multiply(dy.share(full.shape), y.share(b), { transposeB: true });
        return reduceBatch(dx, a).share(x.shape);
      }),
      saving([x], (dy) => gradientOfB(x.share(a), dy.share(full.shape), b).share(y.shape)),
    ],
  };
});

/** With one matrix b for all batches, a's batches are rows of one large product. */
function multiply(a: NDArray, b: NDArray, options: { transposeB?: boolean } = {}): NDArray {
  if (b.shape.length > 2 || a.shape.length === 2) return product(a, b, options);
  const rows = a.share([a.size / a.shape.at(-1)!, a.shape.at(-1)!]);
  const out = product(rows, b, options);
  return out.share([...a.shape.slice(0, -1), out.shape[1]!]);
}

function gradientOfB(a: NDArray, dy: NDArray, b: Shape): NDArray {
  if (b.length === 2 && a.shape.length > 2) {
    const flat = (array: NDArray) =>
      array.share([array.size / array.shape.at(-1)!, array.shape.at(-1)!]);
    return product(flat(a), flat(dy), { transposeA: true });
  }
  return reduceBatch(product(a, dy, { transposeA: true }), b);
}

/** Sums over the batch dimensions along which an operand of shape `target` was repeated. */
function reduceBatch(gradient: NDArray, target: Shape): NDArray {
  const extra = gradient.shape.length - target.length;
  let result = gradient;
  for (let d = gradient.shape.length - 3; d >= 0; d--) {
    const shape = result.shape;
    if (shape[d] === 1 || (d >= extra && target[d - extra] !== 1)) continue;
    const size = (part: Shape) => part.reduce((all, n) => all * n, 1);
    const slices = {
      outer: size(shape.slice(0, d)),
      count: shape[d]!,
      inner: size(shape.slice(d + 1)),
    };
    result = sumMiddle(result, slices, [...shape.slice(0, d), 1, ...shape.slice(d + 1)]);
  }
  return result.share(target);
}

/**
 * Matrix product with PyTorch's rules: matrices, batches of matrices (batch dimensions broadcast),
 * and vectors: [k] · [k] is a scalar, [..., m, k] · [k] gives [..., m], [k] · [..., k, n] gives [..., n].
 *
 * Operands of f16 and f32 meet in f32.
 *
 * @throws Error naming both shapes when the inner sizes differ or the batches can't be broadcast.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  requireFloat("matmul", "a", a);
  requireFloat("matmul", "b", b);
  if (a.ndim === 0 || b.ndim === 0) {
    throw new Error(
      `matmul: shapes ${shapeText(a.shape)} and ${shapeText(b.shape)}: both need at least one dimension; use mul() for scalars`,
    );
  }
  const inner = b.ndim === 1 ? b.shape[0]! : b.shape.at(-2)!;
  if (a.shape.at(-1) !== inner) {
    throw new Error(
      `matmul: shapes ${shapeText(a.shape)} and ${shapeText(b.shape)} don't fit: the inner sizes ` +
        `${a.shape.at(-1)} and ${inner} differ`,
    );
  }
  return inPrecision([a, b], (operands) => promoted(operands, (same) => op(same)));
}
