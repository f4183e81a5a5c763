import type { Device } from "../gpu/index.ts";
import { allocate, type NDArray, persistently } from "../kernels/index.ts";
import type { Tensor } from "./tensor.ts";

const SLOTS = 16384;

/** The last values of scalars whose own memory is gone: losses that are read long after their step. */
class ScalarArchive {
  readonly #ring: NDArray;
  #written = 0;

  constructor(device: Device) {
    this.#ring = persistently(() => allocate([SLOTS], "f32", device));
  }

  /** Copies the value aside, on the GPU, and frees the tensor. */
  take(tensor: Tensor): void {
    const sequence = this.#written++;
    const offset = 4 * (sequence % SLOTS);
    const { device, buffer } = tensor.array.storage;
    device.stream.copy(buffer, 0, this.#ring.storage.buffer, offset, 4);
    const { shape } = tensor;
    const check = () => {
      if (this.#written - sequence <= SLOTS) return;
      throw new Error(
        `this loss is more than ${SLOTS} steps old and was overwritten: read losses with item() earlier`,
      );
    };
    tensor.archive({
      read: async () => {
        check();
        return new Float32Array(await device.read(this.#ring.storage, 4, offset));
      },
      revive: () => {
        check();
        const array = persistently(() => allocate(shape, "f32", device));
        device.stream.copy(this.#ring.storage.buffer, offset, array.storage.buffer, 0, 4);
        return array;
      },
    });
  }
}

const archiveOf = (device: Device) => new ScalarArchive(device);

/** Frees a one-element f32 tensor but keeps its value readable. */
export function archiveScalar(tensor: Tensor): void {
  const { storage } = tensor.array;
  if (storage.virtual || storage.device.isLost) return;
  storage.device.part(archiveOf).take(tensor);
}
