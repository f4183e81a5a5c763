import type { Trainer } from "../../train/index.ts";
import { reasonOf } from "../errors.ts";
import type { KeptEvent, NotKeptEvent } from "../events.ts";
import type { Tell } from "../task.ts";

/** Of the time that passes, at most this share goes into saving. */
const SHARE = 0.05;
/** Seconds between the ends of epochs that are worth it: those on cached features take a tenth of a second. */
const EPOCH = 5;

/** Saves the state of a training now and then, so that whatever ends the process costs little. */
export class Keeper {
  /** Seconds that saving took last. */
  #cost = 0;
  #last = performance.now();
  /** The step that is saved. */
  #step = -1;
  #failed = false;

  /**
   * @param path of the checkpoint.
   * @param every seconds between two, at most; 0 saves after every step.
   */
  constructor(
    readonly path: string,
    private readonly every: number,
    private readonly tell: Tell<KeptEvent | NotKeptEvent>,
  ) {}

  /** After a step: saves where it is time. */
  async afterStep(trainer: Trainer): Promise<void> {
    if (this.#isDue(this.every)) await this.keep(trainer);
  }

  /** After an epoch: sooner than that, and always after the last. */
  async afterEpoch(trainer: Trainer, epochs: number): Promise<void> {
    const isLast = trainer.position.epoch >= epochs;
    if (isLast || this.#isDue(Math.min(this.every, EPOCH))) await this.keep(trainer);
  }

  #isDue(seconds: number): boolean {
    const passed = (performance.now() - this.#last) / 1000;
    return passed >= seconds && passed * SHARE >= this.#cost;
  }

  /** Saves now. What can't be saved is told once and ends nothing. @returns whether it is saved. */
  async keep(trainer: Trainer): Promise<boolean> {
    const { step } = trainer.position;
    if (step === this.#step) return true;
    const begun = performance.now();
    try {
      await trainer.save(this.path);
      this.#step = step;
      this.#failed = false;
      await this.tell({ type: "kept", path: this.path, step });
    } catch (error) {
      if (!this.#failed) {
        await this.tell({ type: "notKept", path: this.path, why: reasonOf(error) });
      }
      this.#failed = true;
    }
    this.#last = performance.now();
    this.#cost = (this.#last - begun) / 1000;
    return !this.#failed;
  }
}
