import { Tensor } from "../autograd/tensor.ts";
import type { TypedArray } from "../kernels/array.ts";
import { putBack } from "./snapshot.ts";

/** Class weights and other tensors that a loss module holds: lost with the device, so kept on the host. */
export class LossTensors {
  readonly #tensors: Tensor[];
  #values: TypedArray[] = [];

  constructor(loss: object) {
    const options = "options" in loss && loss.options ? Object.values(loss.options) : [];
    this.#tensors = [...Object.values(loss), ...options].filter(
      (value): value is Tensor => value instanceof Tensor,
    );
  }

  async save(): Promise<void> {
    this.#values = await Promise.all(this.#tensors.map((tensor) => tensor.data()));
  }

  restore(): void {
    this.#values.forEach((values, i) => {
      putBack(this.#tensors[i]!, values);
    });
  }
}
