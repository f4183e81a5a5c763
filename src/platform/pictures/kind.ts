/** What kind of picture bytes are, told by how they begin and never by a name. */
export interface PictureKind {
  readonly name: string;
  /** Why it isn't read, where it isn't on any platform. */
  readonly refused?: string;
}

type Test = (bytes: Uint8Array) => boolean;

const text = (bytes: Uint8Array, from: number, to: number) =>
  String.fromCharCode(...bytes.subarray(from, to));
const starts =
  (start: string): Test =>
  (bytes) =>
    text(bytes, 0, start.length) === start;
/** HEIC, AVIF: boxes, the first of which names the kind. */
const brand =
  (names: RegExp): Test =>
  (bytes) =>
    text(bytes, 4, 8) === "ftyp" && names.test(text(bytes, 8, 12));

function isSvg(bytes: Uint8Array): boolean {
  const start = text(bytes, 0, 4096);
  return /^(\xef\xbb\xbf)?\s*</.test(start) && /<svg[\s>]/i.test(start);
}

const DRAWING = "it is a drawing rather than pixels, and may name other files";

const KINDS: readonly (readonly [name: string, test: Test, refused?: string])[] = [
  ["JPEG", starts("\xff\xd8\xff")],
  ["PNG", starts("\x89PNG")],
  ["GIF", starts("GIF8")],
  ["WebP", (bytes) => starts("RIFF")(bytes) && text(bytes, 8, 12) === "WEBP"],
  ["AVIF", brand(/^avi[fs]/)],
  ["HEIC", brand(/^(he[iv][cmsx]|m[is]f1)/)],
  ["TIFF", (bytes) => /^(II[*+]\0|MM\0[*+])/.test(text(bytes, 0, 4))],
  ["BMP", starts("BM")],
  ["netpbm", (bytes) => /^P[1-7]\s/.test(text(bytes, 0, 3))],
  ["JPEG XL", (bytes) => starts("\xff\x0a")(bytes) || text(bytes, 4, 8) === "JXL "],
  ["JPEG 2000", (bytes) => text(bytes, 4, 8) === "jP  "],
  ["icon", starts("\0\0\x01\0")],
  ["Photoshop", starts("8BPS")],
  ["PDF", starts("%PDF")],
  ["SVG", isSvg, DRAWING],
];

/** null for what is no picture that is known. */
export function pictureKind(bytes: Uint8Array): PictureKind | null {
  const found = KINDS.find(([, test]) => test(bytes));
  return found ? { name: found[0], refused: found[2] } : null;
}

/** Kinds that everyone reads: these are damaged where they can't be decoded. */
const EVERYWHERE = ["JPEG", "PNG", "GIF", "WebP", "BMP", "netpbm"];

/**
 * The error for a picture that can't be decoded.
 * @param reader who can't: "sharp", "this browser".
 * @param why what the decoder said.
 */
export function undecodable(bytes: Uint8Array, reader: string, why = "", cause?: unknown): Error {
  const kind = pictureKind(bytes);
  const reason = why && ` (${why})`;
  if (!kind || EVERYWHERE.includes(kind.name)) {
    return new Error(`not an image ${reader} can decode, or a damaged one${reason}`, { cause });
  }
  const { name, refused = `${reader} can't decode it${reason}` } = kind;
  return new Error(`a picture in ${name}: ${refused}; save it as JPEG or PNG`, { cause });
}
