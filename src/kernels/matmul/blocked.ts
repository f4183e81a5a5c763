import source from "../../../shaders/matmul/matmul_blocked.wgsl";
import { launch, linearGrid, specialize } from "../../gpu/index.ts";
import { allocate } from "../array.ts";
import type { Gemm } from "./problem.ts";
import type { ProductVariant } from "./product_variant.ts";
import { type Tile, tilesOf } from "./tile.ts";

/** Threads along a side of a workgroup, each with 8 × 8 results or (HALF) 4 × 8. */
type BlockedSettings = { readonly SIDE: number; readonly HALF?: boolean };

const tile = ({ SIDE, HALF }: BlockedSettings): Tile => ({
  rows: HALF ? 32 : 8 * SIDE,
  columns: 8 * SIDE,
});

/** Workgroups from which on all of a GPU is busy. */
const ENOUGH_TILES = 128;

/** Whether an operand or the result counts two dimensions as one, which only products over gathered columns do. */
function isFolded({ a, b, out, inner }: Gemm): boolean {
  const outer = [a.across, a.k, b.across, b.k].some((stride) => stride.outer);
  return outer || out !== undefined || inner !== undefined;
}

/** Operands through workgroup memory, blocks of results in registers. */
export const blocked: ProductVariant<BlockedSettings> = {
  name: "blocked",
  sources: [source],
  covers: (_, { cheapBarriers }) => cheapBarriers,
  settings: ({ m }) => [...(m <= 32 ? [{ SIDE: 8, HALF: true }] : []), { SIDE: 8 }, { SIDE: 16 }],
  tile,

  // Large blocks load less for each result; small ones keep more of the GPU busy.
  cost(product, _, settings) {
    const { rows, columns } = tile(settings);
    const [tilesM, tilesN] = tilesOf(product, { rows, columns });
    const workgroups = tilesM * tilesN * product.batches;
    const busy = Math.min(1, workgroups / ENOUGH_TILES);
    return (workgroups * rows * columns * product.k * (1 + 16 / rows)) / busy;
  },

  run({ gemm, to, epilogue, splits, kSlice }, settings) {
    if (isFolded(gemm)) throw new Error("matmul: this kernel takes plain matrices only");
    const { a, b, m, n, k, batches, batchDims = [1, 1, 1, batches] } = gemm;
    const [tilesM, tilesN] = tilesOf(gemm, tile(settings));
    const { bias = null, activation } = epilogue;
    const dtype = a.array.dtype;
    const fours = comesInFours(gemm);
    launch(
      specialize(source, {
        T: dtype,
        A: fours ? `vec4<${dtype}>` : dtype,
        TOUT: to.dtype,
        ...settings,
        WRITTEN_OUT: to.storage.device.profile.longKernels,
        VECTORS: fours,
        A_ALONG_K: fours && a.k.step === 1,
        B_ALONG_K: fours && b.k.step === 1,
        BIAS: bias !== null,
        RELU: activation === "relu",
      }),
      { a: a.array, b: b.array, bias: bias ?? allocate([1], dtype), out: to },
      {
        m,
        n,
        k,
        k_slice: kSlice,
        splits,
        split_size: batches * m * n,
        tiles_m: tilesM,
        tiles_n: tilesN,
        a_row: a.across.step,
        a_k: a.k.step,
        b_column: b.across.step,
        b_k: b.k.step,
        batch_dims: batchDims,
        a_batch: a.batch,
        b_batch: b.batch,
      },
      linearGrid(tilesM * tilesN * splits * batches, 1),
    );
  },
};

/** Whether both operands can be read in vec4s, along K or across it. */
function comesInFours({ a, b, m, n, k }: Gemm): boolean {
  const sides = [
    { operand: a, size: m },
    { operand: b, size: n },
  ];
  return sides.every(({ operand: { across, k: along, batch }, size }) => {
    const [step, length] = along.step === 1 ? [across.step, k] : [along.step, size];
    const runsOn = along.step === 1 || across.step === 1;
    return runsOn && [step, length, ...batch].every((value) => value % 4 === 0);
  });
}
