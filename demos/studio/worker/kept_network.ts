import { init, type LoadedNetwork } from "webgraft";

type Device = Awaited<ReturnType<typeof init>>;

interface Held<Key> {
  readonly key: Key;
  readonly device: Device;
  readonly network: LoadedNetwork;
}

/** The network that was used last, as long as the GPU that it lies on is there: loaded again on another after that was lost. */
export class KeptNetwork<Key> {
  #held: Held<Key> | null = null;

  async of(key: Key, load: () => Promise<LoadedNetwork>): Promise<LoadedNetwork> {
    const device = await init(); // another one, where the last was lost while nobody used it
    if (this.#held?.key !== key || this.#held.device !== device)
      this.#held = { key, device, network: await load() };
    return this.#held.network;
  }
}
