import cliProgress from "cli-progress";
import type { StepEvent } from "../../train/index.ts";
import { colors as pc } from "./colors.ts";
import { bytes, duration, percent } from "./format.ts";
import type { Progress } from "./progress.ts";

const FORMAT = `  {name} ${pc.green("{bar}")} {percentage}%  {state}`;
/** Weight of the past in the loss and accuracy shown: single batches jump about. */
const MEMORY = 0.85;

/** A bar on stderr that leaves its last state on the terminal. */
export function barProgress(name: string): Progress {
  const bar = new cliProgress.SingleBar({
    format: FORMAT,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    hideCursor: true,
    linewrap: true,
    gracefulExit: false, // Ctrl-C is ours: it saves
    stream: process.stderr,
  });
  const recent = new Recent();
  let started = false;
  const show = (done: number, total: number, state: string) => {
    if (started) bar.setTotal(total);
    else bar.start(total, 0, { name, state });
    started = true;
    bar.update(done, { name, state });
  };
  return {
    compile({ done, total }) {
      show(0, 1, pc.dim(`compiling kernels ${done}/${total}`));
    },
    step(event) {
      const { epoch, epochs, batch, batches } = event;
      recent.add(event);
      show(epoch * batches + batch, epochs * batches, stateText(event, recent));
    },
    epoch() {},
    images(done, total) {
      show(done, total, `${done}/${total} images`);
    },
    bytes(done, total) {
      show(done, total, `${bytes(done)} of ${bytes(total)}`);
    },
    problems(done, total) {
      show(done, total, `${done}/${total}`);
    },
    stop() {
      if (started) bar.stop();
      started = false;
    },
  };
}

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

function stateText(event: StepEvent, { loss, accuracy }: Recent): string {
  const { epoch, epochs, imagesPerSecond, secondsLeft } = event;
  const parts = [`epoch ${epoch + 1}/${epochs}`, `loss ${loss.toFixed(3)}`];
  if (accuracy !== undefined) parts.push(percent(accuracy));
  if (imagesPerSecond > 0) parts.push(`${imagesPerSecond.toFixed(0)} images/s`);
  if (Number.isFinite(secondsLeft) && secondsLeft > 0) parts.push(`${duration(secondsLeft)} left`);
  return parts.join("  ");
}
