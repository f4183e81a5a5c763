import type { Tensor } from "../../autograd/index.ts";
import { currentDevice } from "../../gpu/index.ts";
import { type NDArray, overwrite, type TypedArray, upload } from "../../kernels/index.ts";

interface Copy {
  readonly storage: NDArray["storage"];
  readonly version: number;
  readonly values: Promise<TypedArray>;
  /** The values, once they were read. */
  read: TypedArray | null;
}

/** Host copies of tensors. What hasn't been written to since (frozen layers) isn't read again. */
export class HostCopies {
  readonly #copies = new WeakMap<Tensor, Copy>();

  /** Begins to read a tensor at once, unless its values are known. */
  read(tensor: Tensor): Promise<TypedArray> {
    const known = this.#copies.get(tensor);
    if (known && isCurrent(tensor, known)) return known.values;
    const { storage } = tensor.array;
    const { version } = storage;
    const values = tensor.data();
    const copy: Copy = { storage, version, values, read: null };
    this.#copies.set(tensor, copy);
    values.then(
      (read) => {
        copy.read = read;
      },
      () => this.#copies.delete(tensor), // the device is gone: nothing was read
    );
    return values;
  }

  /** Gives a tensor of another device than the current one new memory, where it was read and not written to since. */
  bringOver(tensor: Tensor): void {
    const known = this.#copies.get(tensor);
    if (!known?.read || !isCurrent(tensor, known)) return;
    if (known.storage.device !== currentDevice()) putBack(tensor, known.read);
  }

  /** Whether these were all read and none written to since. */
  areCurrent(tensors: readonly Tensor[]): boolean {
    return tensors.every((tensor) => {
      const known = this.#copies.get(tensor);
      return known !== undefined && isCurrent(tensor, known);
    });
  }
}

function isCurrent({ array }: Tensor, { storage, version }: Copy): boolean {
  return array.storage === storage && storage.version === version;
}

/** Writes host values into a tensor, giving it new memory when its device is gone. */
export function putBack(tensor: Tensor, values: TypedArray): void {
  const device = currentDevice();
  if (tensor.array.storage.device === device) overwrite(tensor.array, values);
  else tensor.replaceArray(upload(values, tensor.shape, tensor.dtype, device).keep());
}
