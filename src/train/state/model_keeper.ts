import type { Module } from "../../nn/index.ts";
import { againIfLost } from "./device_loss.ts";
import { HostCopies } from "./host_copies.ts";

/** Keeps a model's tensors in host memory, for work that needs no training state. */
export class ModelKeeper {
  readonly #model: Module;
  readonly #copies = new HostCopies();

  constructor(model: Module) {
    this.#model = model;
  }

  /**
   * Does work that changes nothing of the model, and does it again on a new device where the old one is lost.
   * @param work is told whether it is done again.
   */
  survivingLoss<T>(work: (again: boolean) => Promise<T>): Promise<T> {
    return againIfLost(async (again) => {
      this.bringOver();
      await Promise.all(this.#tensors().map((tensor) => this.#copies.read(tensor)));
      return work(again);
    });
  }

  /** Brings tensors that were left on a lost device over to the current one, where they are as they were kept. */
  bringOver(): void {
    for (const tensor of this.#tensors()) this.#copies.bringOver(tensor);
  }

  #tensors() {
    return Object.values(this.#model.stateDict());
  }
}
