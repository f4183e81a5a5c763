/** How a picture is to be turned and mirrored before it is shown: EXIF's number, 1 (as it is) to 8. */
export type Orientation = number;

/**
 * The EXIF orientation of a WebP, which not every browser heeds, and takes it out of the bytes, so that none does.
 * 1 for every other picture.
 */
export function takeWebpOrientation(bytes: Uint8Array): Orientation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const exif = exifOf(view);
  if (exif === null) return 1;
  const at = orientationAt(view, exif);
  if (at === null) return 1;
  const [place, little] = at;
  const orientation = view.getUint16(place, little);
  view.setUint16(place, 1, little);
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

const word = (view: DataView, at: number) =>
  String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));

/** Where the EXIF data of a WebP begins: in a chunk of its own, sometimes behind "Exif". */
function exifOf(view: DataView): number | null {
  if (view.byteLength < 20 || word(view, 0) !== "RIFF" || word(view, 8) !== "WEBP") return null;
  for (let at = 12; at + 16 <= view.byteLength; ) {
    const size = view.getUint32(at + 4, true);
    if (word(view, at) === "EXIF") return word(view, at + 8) === "Exif" ? at + 14 : at + 8;
    at += 8 + size + (size & 1);
  }
  return null;
}

/** Where the orientation stands in EXIF data, a TIFF without pixels, and whether its low byte is first. */
function orientationAt(view: DataView, start: number): [place: number, little: boolean] | null {
  if (start + 8 > view.byteLength) return null;
  const little = view.getUint8(start) === 0x49;
  const directory = start + view.getUint32(start + 4, little);
  if (directory + 2 > view.byteLength) return null;
  const count = view.getUint16(directory, little);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > view.byteLength) return null;
    if (view.getUint16(entry, little) === 0x112) return [entry + 8, little];
  }
  return null;
}

/** Of a picture of `w` × `h` pixels: the transform that a canvas draws it with to have it upright. */
export function uprightTransform(orientation: Orientation, w: number, h: number): DOMMatrix2DInit {
  const [a, b, c, d, e, f] = [
    [1, 0, 0, 1, 0, 0],
    [-1, 0, 0, 1, w, 0],
    [-1, 0, 0, -1, w, h],
    [1, 0, 0, -1, 0, h],
    [0, 1, 1, 0, 0, 0],
    [0, 1, -1, 0, h, 0],
    [0, -1, -1, 0, h, w],
    [0, -1, 1, 0, 0, w],
  ][orientation - 1]!;
  return { a, b, c, d, e, f };
}
