import { Tensor } from "../autograd/index.ts";
import type { TypedArray } from "../kernels/index.ts";
import { Module } from "../nn/index.ts";
import { putBack } from "./snapshot.ts";

/** Class weights and other tensors that a loss module holds: lost with the device, so kept on the host. */
export class LossTensors {
  readonly #tensors: Tensor[];
  #values: TypedArray[] = [];

  constructor(loss: object) {
    const options = "options" in loss && loss.options ? Object.values(loss.options) : [];
    const state = loss instanceof Module ? Object.values(loss.stateDict()) : [];
    const all = new Set([...Object.values(loss), ...options, ...state]);
    this.#tensors = [...all].filter((value): value is Tensor => value instanceof Tensor);
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
