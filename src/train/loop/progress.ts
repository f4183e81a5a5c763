/** Speed over the recent steps and the time left. */
export class ProgressMeter {
  readonly #times: { at: number; images: number }[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Notes that `images` more are done; returns images/s over the last steps. */
  tick(images: number): number {
    this.#times.push({ at: this.now(), images });
    if (this.#times.length > 50) this.#times.shift();
    const [first] = this.#times;
    const seconds = (this.now() - first!.at) / 1000;
    // The first entry only starts the clock: its images were done before it.
    const done = this.#times.slice(1).reduce((sum, entry) => sum + entry.images, 0);
    return seconds > 0 ? done / seconds : 0;
  }

  secondsLeft(imagesLeft: number, rate: number): number {
    return rate > 0 ? imagesLeft / rate : Number.POSITIVE_INFINITY;
  }
}
