import { acquireDevice, lossReason, MOST_TRIES } from "./device_loss.ts";
import { type Snapshot, spoiledTensor } from "./snapshot.ts";
import type { TrainingState } from "./training_state.ts";

/** Keeps a snapshot of a training state and goes back to it: when the device is lost, or when training went wrong. */
export class Survival {
  readonly #state: TrainingState;
  readonly #abandon: () => void;
  #last: Snapshot | null = null;
  #recovering: Promise<void> | null = null;
  /** How often the state went back to a snapshot because a device was lost. */
  recoveries = 0;

  /** @param abandon forgets all that was recorded on a lost device. */
  constructor(state: TrainingState, abandon: () => void) {
    this.#state = state;
    this.#abandon = abandon;
  }

  /** Takes the snapshot to go back to from now on. @throws SpoiledError, and keeps the last one, where a weight isn't finite. */
  async remember(): Promise<Snapshot> {
    this.#last = await this.checked();
    return this.#last;
  }

  /**
   * A snapshot of now to be saved; the last one where the device is lost and there is no other.
   * @throws SpoiledError where a weight isn't finite.
   */
  async toSave(fresh: boolean): Promise<Snapshot> {
    try {
      return await this.protect(fresh, () => this.checked());
    } catch (error) {
      if (!this.#last || spoiledTensor(this.#last) || (await this.lossReason()) === null)
        throw error;
      return this.#last;
    }
  }

  /** A snapshot of now. @throws SpoiledError where a weight isn't finite. */
  async checked(): Promise<Snapshot> {
    const snapshot = await this.#state.snapshot();
    const spoiled = spoiledTensor(snapshot);
    if (spoiled !== null) throw new SpoiledError(spoiled);
    return snapshot;
  }

  /** Takes the last snapshot with something added to it as the last one. */
  amend(snapshot: Snapshot): Snapshot {
    this.#last = snapshot;
    return snapshot;
  }

  /** Whether the last snapshot is of where training stands now. */
  get isCurrent(): boolean {
    if (!this.#last || !this.#state.isUnchanged) return false;
    const [then, now] = [this.#last.position, this.#state.position];
    return then.step === now.step && then.epoch === now.epoch && then.batch === now.batch;
  }

  /** Goes back to the last snapshot. */
  goBack(): void {
    if (this.#last) this.#state.restore(this.#last);
  }

  /** Why the device is gone, null when it is well. */
  lossReason(): Promise<string | null> {
    return lossReason(this.#state.device);
  }

  /** Takes a device that works and goes back to the last snapshot on it. Asked for twice at a time, it happens once. */
  recover(): Promise<void> {
    this.#recovering ??= this.#recover().finally(() => {
      this.#recovering = null;
    });
    return this.#recovering;
  }

  async #recover(): Promise<void> {
    this.#abandon();
    await acquireDevice();
    this.recoveries++;
    this.goBack();
  }

  /**
   * Does work that changes nothing, and does it again on a new device where the old one is lost.
   * @param fresh whether what is there now is to be kept for that, in place of the last snapshot.
   */
  async protect<T>(fresh: boolean, work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        if (fresh && !this.isCurrent) this.#last = await this.#state.snapshot();
        return await work();
      } catch (error) {
        if (!this.#last || tries >= MOST_TRIES || (await this.lossReason()) === null) throw error;
        await this.recover();
      }
    }
  }
}

/** A tensor holds NaN or infinity. */
export class SpoiledError extends Error {
  override readonly name = "SpoiledError";

  constructor(readonly tensor: string) {
    super(`${tensor} holds NaN or infinity: such weights aren't kept`);
  }
}
