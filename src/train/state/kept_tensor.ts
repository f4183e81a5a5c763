import { Tensor } from "../../autograd/index.ts";
import { currentDevice } from "../../gpu/index.ts";
import { upload } from "../../kernels/index.ts";

/** A tensor of the user's, copied to the host beside the work on it: the device may be lost meanwhile. */
export class KeptTensor {
  #tensor: Tensor;
  readonly #values: ReturnType<Tensor["data"]>;

  constructor(tensor: Tensor) {
    this.#tensor = tensor;
    this.#values = tensor.data();
    this.#values.catch(() => {}); // only asked for where the device is lost
  }

  /** On the current device. @throws DeviceLostError where it was lost before there was a copy. */
  async here(): Promise<Tensor> {
    const { storage, dtype } = this.#tensor.array;
    const device = currentDevice();
    if (storage.device === device && !device.isLost) return this.#tensor;
    this.#tensor = new Tensor(upload(await this.#values, this.#tensor.shape, dtype, device));
    return this.#tensor;
  }
}
