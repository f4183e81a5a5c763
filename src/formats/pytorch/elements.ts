import type { KnownDtype } from "../elements/dtypes.ts";
import { PickleObject } from "../pickle/values.ts";

/** The type of a storage's elements; without a `dtype` they can be listed but not decoded. */
export interface ElementType {
  readonly name: string;
  /** Bytes of an element. */
  readonly size: number;
  readonly dtype?: KnownDtype;
}

/** A `torch.dtype` in a pickle. */
export class DtypeValue extends PickleObject {
  constructor(readonly type: ElementType) {
    super();
  }
}

/** A storage class in a pickle, such as `torch.FloatStorage`. */
export class StorageClass extends PickleObject {
  constructor(readonly type: ElementType) {
    super();
  }
}

/** By torch's name of the dtype; then the name of its storage class, where it has one. */
const TYPES: readonly (readonly [ElementType, string?])[] = [
  [{ name: "float64", size: 8, dtype: "f64" }, "DoubleStorage"],
  [{ name: "float32", size: 4, dtype: "f32" }, "FloatStorage"],
  [{ name: "float16", size: 2, dtype: "f16" }, "HalfStorage"],
  [{ name: "bfloat16", size: 2, dtype: "bf16" }, "BFloat16Storage"],
  [{ name: "int64", size: 8, dtype: "i64" }, "LongStorage"],
  [{ name: "int32", size: 4, dtype: "i32" }, "IntStorage"],
  [{ name: "int16", size: 2, dtype: "i16" }, "ShortStorage"],
  [{ name: "int8", size: 1, dtype: "i8" }, "CharStorage"],
  [{ name: "uint8", size: 1, dtype: "u8" }, "ByteStorage"],
  [{ name: "bool", size: 1, dtype: "bool" }, "BoolStorage"],
  [{ name: "uint16", size: 2, dtype: "u16" }],
  [{ name: "uint32", size: 4, dtype: "u32" }],
  [{ name: "uint64", size: 8, dtype: "u64" }],
  [{ name: "complex32", size: 4 }],
  [{ name: "complex64", size: 8 }, "ComplexFloatStorage"],
  [{ name: "complex128", size: 16 }, "ComplexDoubleStorage"],
  [{ name: "float8_e4m3fn", size: 1 }],
  [{ name: "float8_e5m2", size: 1 }],
  [{ name: "float8_e4m3fnuz", size: 1 }],
  [{ name: "float8_e5m2fnuz", size: 1 }],
  [{ name: "quint8", size: 1 }, "QUInt8Storage"],
  [{ name: "qint8", size: 1 }, "QInt8Storage"],
  [{ name: "qint32", size: 4 }, "QInt32Storage"],
];

/** Untyped storages hold bytes; the tensor says what they are. */
const UNTYPED: ElementType = { name: "bytes", size: 1, dtype: "u8" };

/** By name within the module `torch`. */
export const DTYPE_VALUES: ReadonlyMap<string, DtypeValue> = new Map(
  TYPES.map(([type]) => [type.name, new DtypeValue(type)]),
);

/** By name within the module `torch`, `torch.cuda` or `torch.storage`. */
export const STORAGE_CLASSES: ReadonlyMap<string, StorageClass> = new Map([
  ...TYPES.flatMap(([type, storage]) =>
    storage ? [[storage, new StorageClass(type)] as const] : [],
  ),
  ["UntypedStorage", new StorageClass(UNTYPED)],
  ["_UntypedStorage", new StorageClass(UNTYPED)],
]);

/** The storage class that `torch.load` of any version knows for a dtype; undefined where there is none. */
export const STORAGE_NAMES: ReadonlyMap<KnownDtype, string> = new Map(
  TYPES.flatMap(([{ dtype }, storage]) => (dtype && storage ? [[dtype, storage] as const] : [])),
);
