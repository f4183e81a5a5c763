import type { Tensor } from "../../autograd/index.ts";
import { currentDevice } from "../../gpu/index.ts";
import type { Module } from "../../nn/index.ts";
import { acquireDevice, lossReason } from "./device_loss.ts";
import { HostCopies, putBack } from "./host_copies.ts";

/** So often in a row is work begun again that loses its device each time. */
const MOST_TRIES = 5;

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
  async survivingLoss<T>(work: (again: boolean) => Promise<T>): Promise<T> {
    const tensors = Object.values(this.#model.stateDict());
    const values = await Promise.all(tensors.map((tensor) => this.#copies.read(tensor)));
    for (let tries = 1; ; tries++) {
      try {
        return await work(tries > 1);
      } catch (error) {
        if (tries >= MOST_TRIES || (await lossReason(deviceOf(tensors))) === null) throw error;
        await acquireDevice();
        tensors.forEach((tensor, i) => {
          putBack(tensor, values[i]!);
        });
      }
    }
  }
}

function deviceOf([first]: readonly Tensor[]) {
  return first?.array.storage.device ?? currentDevice();
}
