import type { CompileEvent, EpochEvent, StepEvent } from "../../train/index.ts";
import { bytes, duration, percent } from "./format.ts";

/** Shows how far a piece of work is. */
export interface Progress {
  /** Kernels are being compiled. */
  compile(event: CompileEvent): void;
  step(event: StepEvent): void;
  epoch(event: EpochEvent): void;
  /** Work without steps, such as computing features: `done` of `total` images. */
  images(done: number, total: number): void;
  /** Reading and downloading. */
  bytes(done: number, total: number): void;
  /** Kernel choices that are measured. */
  problems(done: number, total: number): void;
  stop(): void;
}

/** For programs, which get events instead. */
export const noProgress: Progress = {
  compile() {},
  step() {},
  epoch() {},
  images() {},
  bytes() {},
  problems() {},
  stop() {},
};

/** At most this often, in milliseconds, where epochs take long. */
const EVERY = 10_000;

/** Plain lines: one an epoch, and one every ten seconds within long epochs. */
export function lineProgress(name: string, print: (text: string) => void): Progress {
  let last = performance.now();
  const due = () => performance.now() - last >= EVERY;
  const say = (text: string) => {
    last = performance.now();
    print(`  ${name}: ${text}`);
  };
  return {
    compile({ done, total }) {
      if (done === total && due()) say(`compiled ${total} kernels`);
    },
    step(event) {
      if (due()) say(stepText(event));
    },
    epoch: (event) => say(epochText(event)),
    images(done, total) {
      if (due()) say(`${done} of ${total} images`);
    },
    bytes(done, total) {
      if (due()) say(`${bytes(done)} of ${bytes(total)}`);
    },
    problems(done, total) {
      if (due()) say(`${done} of ${total}`);
    },
    stop() {},
  };
}

export function stepText(event: StepEvent): string {
  const { epoch, epochs, batch, batches, loss, accuracy, imagesPerSecond, secondsLeft } = event;
  const right = accuracy === undefined ? "" : `, accuracy ${percent(accuracy)}`;
  const rate = imagesPerSecond > 0 ? `, ${imagesPerSecond.toFixed(0)} images/s` : "";
  const left = Number.isFinite(secondsLeft) ? `, ${duration(secondsLeft)} left` : "";
  return `epoch ${epoch + 1}/${epochs}, step ${batch}/${batches}, loss ${loss.toFixed(3)}${right}${rate}${left}`;
}

function epochText({ epoch, epochs, loss, accuracy, validation, seconds }: EpochEvent): string {
  const parts = [`epoch ${epoch + 1}/${epochs}`, `loss ${loss.toFixed(3)}`];
  if (accuracy !== undefined) parts.push(`accuracy ${percent(accuracy)}`);
  if (validation) parts.push(`validation ${percent(validation.accuracy)}`);
  return [...parts, duration(seconds)].join(", ");
}
