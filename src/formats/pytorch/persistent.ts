import { DAMAGED, type Fail } from "../errors.ts";
import { PickleTuple, type PickleValue } from "../pickle/values.ts";
import { type ElementType, StorageClass } from "./elements.ts";

/** A storage as the pickle refers to it: `("storage", class, key, location, count, view)`. */
export interface StorageReference {
  readonly type: ElementType;
  readonly key: string;
  /** Elements; of the whole storage, if this is a view of one. */
  readonly count: number;
  /** Old files only: the part of the storage that is meant, in elements. */
  readonly view?: { readonly offset: number; readonly count: number };
}

/** @throws the error of `fail` when `id` is no such tuple. */
export function storageReference(id: PickleValue, fail: Fail): StorageReference {
  const [kind, storage, key, , count, view] = id instanceof PickleTuple ? id.items : [];
  if (kind === "module") {
    throw fail(
      "pickle",
      "it holds a whole model as objects of Python",
      "In Python: torch.save(model.state_dict(), path)",
    );
  }
  const isReference =
    kind === "storage" && storage instanceof StorageClass && typeof key === "string";
  if (!isReference || !isCount(count)) {
    throw fail("pickle", "it refers to data by something that is no storage", DAMAGED);
  }
  return { type: storage.type, key, count, view: readView(view, count, fail) };
}

function readView(
  value: PickleValue | undefined,
  capacity: number,
  fail: Fail,
): { offset: number; count: number } | undefined {
  if (!(value instanceof PickleTuple)) return undefined;
  const [, offset, count] = value.items;
  if (isCount(offset) && isCount(count) && offset + count <= capacity) return { offset, count };
  throw fail("pickle", "it refers to a part of a storage that lies outside of it", DAMAGED);
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
