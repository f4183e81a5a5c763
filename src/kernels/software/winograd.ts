/** Winograd's products as adapters whose subgroups are quads like them: see conv2d/winograd.ts. */
import productSource from "../../../shaders/winograd_product.wgsl";
import type { NDArray } from "../array.ts";
import type { ForwardOptions } from "../conv2d/shape.ts";
import type { Correlation, TileChunk, TileSize } from "../conv2d/winograd_transforms.ts";
import type { Engine } from "./engine.ts";

export { productSource };

/** Groups of four tiles that a workgroup owns. */
const LANES = 32;

/**
 * Multiplies filters u [16, O, C] with patches v [16, tiles, C] and transforms back into `out`, in one launch for the
 * smaller tile. @returns whether it did: where the output doesn't come in rows of eight, no.
 */
export function multiplyBack(
  { launch, linearGrid, specialize }: Engine,
  { u, v, out }: { readonly u: NDArray; readonly v: NDArray; readonly out: NDArray },
  { channels, outChannels, outHeight, outWidth }: Correlation,
  M: TileSize,
  { first, tiles }: TileChunk,
  { bias = null, activation = "none" }: ForwardOptions,
): boolean {
  if (M > 2 || outWidth % 8 > 0 || outHeight % 2 > 0 || channels % 4 > 0) return false;
  const tilesM = Math.ceil(outChannels / 16);
  const tilesN = Math.ceil(tiles / 4 / LANES);
  launch(
    specialize(productSource, {
      T: out.dtype,
      LANES,
      BIAS: bias !== null,
      RELU: activation === "relu",
    }),
    { u, v, bias: bias ?? u, out },
    {
      out_channels: outChannels,
      channels: channels / 4,
      groups: tiles / 4,
      tiles_m: tilesM,
      tiles_n: tilesN,
      groups_x: outWidth / 8,
      groups_image: (outHeight * outWidth) / 16,
      first,
    },
    linearGrid(tilesM * tilesN, 1),
  );
  return true;
}
