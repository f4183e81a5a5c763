import { init, tensor } from "webgraft/core";
import type { SmallCnn } from "webgraft/models";

type Device = Awaited<ReturnType<typeof init>>;
type Values = Awaited<ReturnType<ReturnType<typeof tensor>["data"]>>;

interface Weight {
  readonly values: Values;
  readonly shape: readonly number[];
}

/** A trained network as numbers in main memory, so that it outlives the GPU that it was trained on. */
export class SavedNetwork {
  #held: { readonly device: Device; readonly model: SmallCnn } | null = null;

  private constructor(
    private readonly weights: ReadonlyMap<string, Weight>,
    private readonly fresh: () => SmallCnn,
  ) {}

  /** @param fresh makes a network with layers like the model's. */
  static async of(model: SmallCnn, fresh: () => SmallCnn): Promise<SavedNetwork> {
    const read = Object.entries(model.stateDict()).map(
      async ([name, weight]) =>
        [name, { values: await weight.data(), shape: weight.shape }] as const,
    );
    return new SavedNetwork(new Map(await Promise.all(read)), fresh);
  }

  /** On the GPU that is there: made anew on another, where the last was lost. */
  async model(): Promise<SmallCnn> {
    const device = await init();
    if (this.#held?.device !== device) this.#held = { device, model: this.copy() };
    return this.#held.model;
  }

  copy(): SmallCnn {
    const model = this.fresh();
    const state = [...this.weights].map(
      ([name, { values, shape }]) => [name, tensor(values, { shape })] as const,
    );
    model.loadStateDict(new Map(state));
    return model;
  }
}
