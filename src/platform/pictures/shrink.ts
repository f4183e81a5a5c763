/**
 * The power of two by which a decoder may shrink a picture that will be resampled to `target`: the
 * result stays at least twice the target in both directions. JPEG decoders do 2, 4 and 8 for free.
 */
export function shrinkFactor(
  size: { readonly width: number; readonly height: number },
  target?: { readonly width: number; readonly height: number },
): number {
  if (!target) return 1;
  const room = Math.min(size.width / (2 * target.width), size.height / (2 * target.height));
  if (!(room >= 2)) return 1;
  return 2 ** Math.min(3, Math.floor(Math.log2(room)));
}
