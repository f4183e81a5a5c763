import { dtypeSize, encodeElements } from "../../../elements/dtypes.ts";
import { countElements } from "../../../elements/tensors.ts";
import type { WeightData } from "../../../types.ts";
import { fixedTextType, type NumberDtype, numberType } from "./datatype.ts";

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

/** Texts that lie in a heap, however long they are; only attributes hold them here. */
export interface VariableTexts {
  readonly shape: readonly number[];
  readonly texts: readonly string[];
}

export type AttributeValues = Values | VariableTexts;

/** A text as a scalar, as h5py writes a `str`. */
export function variableText(text: string): VariableTexts {
  return { shape: [], texts: [text] };
}

/** A list of texts, as h5py writes a list of `str`. */
export function variableTexts(texts: readonly string[]): VariableTexts {
  return { shape: [texts.length], texts };
}

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

/**
 * Numbers in row-major order.
 *
 * @param data of the type that decoding gives for `dtype`: for f16 a Float32Array.
 * @throws TypeError when it is of another type, RangeError when it has another number of elements than `shape`.
 */
export function numbers(dtype: NumberDtype, shape: readonly number[], data: WeightData): Values {
  if (countElements(shape) !== data.length) {
    throw new RangeError(`shape [${shape.join(", ")}] doesn't fit ${data.length} elements`);
  }
  const bytes = encodeElements(dtype, data);
  const write = (target: Uint8Array) => target.set(bytes);
  return { shape, type: numberType(dtype), size: bytes.length, write };
}

/** float32 elements that are computed where they are to lie. */
export function floats(shape: readonly number[], fill: (target: Float32Array) => void): Values {
  const size = dtypeSize("f32") * (countElements(shape) ?? 0);
  const write = ({ buffer, byteOffset, length }: Uint8Array) =>
    fill(new Float32Array(buffer, byteOffset, length / dtypeSize("f32")));
  return { shape, type: numberType("f32"), size, write };
}
