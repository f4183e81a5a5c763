import { messageOf } from "../../base/index.ts";
import { platform } from "../../platform/index.ts";
import type { Store, Trainer } from "../../train/index.ts";
import type { KeptEvent, NotKeptEvent } from "../events.ts";
import type { Tell } from "../task.ts";
import type { Place } from "./place.ts";

/** Of the time that passes, at most this share goes into saving. */
const SHARE = 0.05;
/** Seconds between two saves at the ends of epochs, at least: epochs on cached features take a tenth of a second. */
const EPOCH = 5;

/** Where a page keeps the state of a training. */
export type StateStore = Exclude<Store, string>;

/** Where a state is kept: on the disk, beside what describes the run, or wherever else. */
export type Kept =
  | { readonly place: Place; readonly settings: Uint8Array }
  | { readonly store: StateStore };

/** Saves the state of a training now and then, so that whatever ends the process costs little. */
export class Keeper {
  /** Seconds that saving took last. */
  #cost = 0;
  #last = performance.now();
  /** The step that is saved. */
  #step = -1;
  #described = false;
  #failed = false;

  /**
   * @param kept where; on the disk the settings of the run lie beside the checkpoint.
   * @param every seconds between two, at most; 0 saves after every step.
   */
  constructor(
    private readonly kept: Kept,
    private readonly every: number,
    private readonly tell: Tell<KeptEvent | NotKeptEvent>,
  ) {}

  /** After a step: saves where it is time. */
  async afterStep(trainer: Trainer): Promise<void> {
    if (this.#isDue(this.every)) await this.keep(trainer);
  }

  /** After an epoch: saves sooner than after a step, and always after the last epoch. */
  async afterEpoch(trainer: Trainer, epochs: number): Promise<void> {
    const isLast = trainer.position.epoch >= epochs;
    if (isLast || this.#isDue(Math.min(this.every, EPOCH))) await this.keep(trainer);
  }

  #isDue(seconds: number): boolean {
    const passed = (performance.now() - this.#last) / 1000;
    return passed >= seconds && passed * SHARE >= this.#cost;
  }

  /** Saves now. @returns whether it is saved. */
  async keep(trainer: Trainer): Promise<boolean> {
    const { step } = trainer.position;
    if (step === this.#step) return true;
    const begun = performance.now();
    await this.#try(async () => {
      await this.#describe();
      await trainer.save("place" in this.kept ? this.kept.place.checkpoint : this.kept.store);
      this.#step = step;
      await this.tell({ type: "kept", path: this.#path, step });
    });
    this.#last = performance.now();
    this.#cost = (this.#last - begun) / 1000;
    return !this.#failed;
  }

  get #path(): string | null {
    return "place" in this.kept ? this.kept.place.checkpoint : null;
  }

  /** Saves what was found out about a run before its first step. */
  describe(): Promise<void> {
    return this.#try(() => this.#describe());
  }

  /** A run that is gone on with may have been given other settings: once there is a step of them they are the run's own. */
  async #describe(): Promise<void> {
    if (!this.#described && "place" in this.kept) {
      await platform().writeFileAtomic(this.kept.place.settings, this.kept.settings);
    }
    this.#described = true;
  }

  /** What can't be saved is told once and ends nothing. */
  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) {
        await this.tell({ type: "notKept", path: this.#path, why: messageOf(error) });
      }
      this.#failed = true;
    }
  }
}
