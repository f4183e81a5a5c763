import { halfFromFloats, sizeOf } from "../../../../base/index.ts";
import { bytesOf } from "../../../elements/dtypes.ts";
import { FLOAT16, FLOAT16_SIZE, FLOAT32, FLOAT32_SIZE, fixedTextType } from "./datatype.ts";

/** The elements of a dataset or attribute, and how they are stored. */
export interface Values {
  /** Empty for a scalar. */
  readonly shape: readonly number[];
  /** The datatype message. */
  readonly type: Uint8Array;
  /** Bytes of all elements. */
  readonly size: number;
  /** Writes the elements; `target` has `size` bytes and begins at a multiple of eight in its buffer. */
  readonly write: (target: Uint8Array) => void;
}

/** What an attribute is: a text of any length, as h5py writes a `str`, or a list. */
export type AttributeValue = string | Values;

/** A list of texts of one length in bytes, that of the longest, as h5py writes a NumPy array of bytes. */
export function fixedTexts(texts: readonly string[]): Values {
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const width = Math.max(1, ...encoded.map((bytes) => bytes.length));
  const isAscii = encoded.every((bytes) => bytes.every((byte) => byte < 0x80));
  return {
    shape: [texts.length],
    type: fixedTextType(width, isAscii),
    size: width * texts.length,
    write: (target) => {
      encoded.forEach((bytes, i) => {
        target.set(bytes, i * width);
      });
    },
  };
}

/** The same in float16, which h5py gives on and Keras takes for float32. */
export function halves(shape: readonly number[], fill: (target: Float32Array) => void): Values {
  const write = (target: Uint8Array) => {
    const whole = new Float32Array(sizeOf(shape));
    fill(whole);
    target.set(bytesOf(halfFromFloats(whole)));
  };
  return { shape, type: FLOAT16, size: FLOAT16_SIZE * sizeOf(shape), write };
}

/** float32 elements in row-major order, which are computed where they are to lie. */
export function floats(shape: readonly number[], fill: (target: Float32Array) => void): Values {
  const write = ({ buffer, byteOffset, length }: Uint8Array) =>
    fill(new Float32Array(buffer, byteOffset, length / FLOAT32_SIZE));
  return { shape, type: FLOAT32, size: FLOAT32_SIZE * sizeOf(shape), write };
}
