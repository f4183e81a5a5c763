import type { Tensor } from "../../../autograd/index.ts";
import { persistently } from "../../../kernels/index.ts";

/** Numbers of a rescaling that are read from the GPU later: tracing itself doesn't wait. */
interface Pending {
  readonly values: number[];
  readonly tensor: Tensor;
  readonly change: (value: number) => number;
}

/** The constant tensors that a model adds to its maps or multiplies them with. */
export class Constants {
  #pending: Pending[] = [];

  /**
   * @returns the constant's numbers, one or one per channel, once `read` is done; undefined for a
   *   tensor that isn't the same over height and width.
   */
  take(
    tensor: Tensor,
    image: Tensor,
    change: Pending["change"] = (value) => value,
  ): readonly number[] | undefined {
    if (!isPerChannel(tensor.shape, image.shape)) return undefined;
    return this.#later(tensor, change);
  }

  /** The numbers of a tensor of any shape, once `read` is done. */
  list(tensor: Tensor): readonly number[] {
    return this.#later(tensor, (value) => value);
  }

  /** A tensor of its own with the same values, which outlives what they come from. */
  keep(tensor: Tensor): Tensor {
    const constant = persistently(() => tensor.detach());
    constant.array.storage; // computes it, where it comes from operations
    return constant;
  }

  #later(tensor: Tensor, change: Pending["change"]): readonly number[] {
    const values = new Array<number>(tensor.size).fill(0);
    this.#pending.push({ values, tensor: this.keep(tensor), change });
    return values;
  }

  async read(): Promise<void> {
    for (const { values, tensor, change } of this.#pending.splice(0)) {
      const data = await tensor.data();
      for (const i of values.keys()) values[i] = change(data[i]!);
      tensor.dispose();
    }
  }
}

function isPerChannel(shape: readonly number[], image: readonly number[]): boolean {
  if (shape.length > image.length) return false;
  const aligned = [...new Array<number>(image.length - shape.length).fill(1), ...shape];
  return aligned.every((side, dim) => side === 1 || (dim === 1 && side === image[1]));
}
