/** Evaluations and predictions that are under way: training waits between its steps until they are over. */
export class Visits {
  readonly #open = new Set<Promise<unknown>>();

  /** Runs `work`, during which `over` doesn't settle. */
  during<T>(work: () => Promise<T>): Promise<T> {
    const visit = work();
    this.#open.add(visit);
    const leave = () => {
      this.#open.delete(visit);
    };
    visit.then(leave, leave);
    return visit;
  }

  /** Settles when none is under way any more, however they ended. */
  async over(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
  }
}
