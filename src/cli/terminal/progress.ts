import type { CompileEvent, EpochEvent, StepEvent } from "../../train/index.ts";
import { colors as pc } from "./colors.ts";
import { bytes, duration, percent } from "./format.ts";
import type { LiveLine } from "./live_line.ts";
import { width } from "./width.ts";

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

/** A bar that is drawn over, with a line that stays for every epoch. */
export function liveProgress(name: string, line: LiveLine): Progress {
  const recent = new Recent();
  const show = (done: number, total: number, parts: readonly string[]) =>
    line.draw(barText(name, total > 0 ? done / total : 0, parts, line.columns), done === total);
  return {
    compile({ done, total }) {
      show(0, 1, [`compiling kernels ${done}/${total}`]);
    },
    step(event) {
      const { epoch, epochs, batch, batches } = event;
      recent.add(event);
      show(epoch * batches + batch, epochs * batches, stateOf(event, recent));
    },
    epoch(event) {
      line.print(`  ${epochText(event)}`);
    },
    images: (done, total) => show(done, total, [`${done}/${total} images`]),
    bytes: (done, total) => show(done, total, [`${bytes(done)} of ${bytes(total)}`]),
    problems: (done, total) => show(done, total, [`${done}/${total}`]),
    stop: () => line.end(),
  };
}

const BAR = 24;

/** Name, bar and share, with as many of `parts` as there is room for. */
function barText(name: string, share: number, parts: readonly string[], columns: number): string {
  const bar = columns < 70 ? BAR / 2 : BAR;
  const full = Math.round(share * bar);
  const drawn = pc.green("█".repeat(full) + "░".repeat(bar - full));
  let text = `  ${name} ${drawn} ${Math.floor(100 * share)}%`;
  for (const part of parts) {
    if (width(text) + 2 + width(part) > columns) break;
    text += `  ${part}`;
  }
  return text;
}

/** Weight of the past in the loss and accuracy shown: single batches jump about. */
const MEMORY = 0.85;

/** Running means over the last steps. */
class Recent {
  loss = Number.NaN;
  accuracy: number | undefined;

  add(event: StepEvent): void {
    const mix = (old: number | undefined, now: number) =>
      old === undefined || Number.isNaN(old) ? now : MEMORY * old + (1 - MEMORY) * now;
    this.loss = mix(this.loss, event.loss);
    if (event.accuracy !== undefined) this.accuracy = mix(this.accuracy, event.accuracy);
  }
}

function stateOf(event: StepEvent, { loss, accuracy }: Recent): string[] {
  const { epoch, epochs, imagesPerSecond, secondsLeft } = event;
  const parts = [`epoch ${epoch + 1}/${epochs}`, `loss ${loss.toFixed(3)}`];
  if (accuracy !== undefined) parts.push(percent(accuracy));
  if (Number.isFinite(secondsLeft) && secondsLeft > 0) parts.push(`${duration(secondsLeft)} left`);
  if (imagesPerSecond > 0) parts.push(`${imagesPerSecond.toFixed(0)} images/s`);
  return parts;
}

function stepText(event: StepEvent): string {
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
