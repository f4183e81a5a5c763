/** Tells what happens. Resolves when whoever listens has taken the event, so that work doesn't run ahead of them. */
export type Tell<E> = (event: E) => Promise<void>;

/**
 * Work that tells what it does: `for await` gives its events, `await` its result. It begins when it is first asked for
 * either and runs once. Leaving the loop over its events stops it, as raising the signal does.
 */
export class Task<E, R> implements AsyncIterable<E>, PromiseLike<R> {
  readonly #work: (tell: Tell<E>, signal: AbortSignal) => Promise<R>;
  readonly #stop = new AbortController();
  #result: Promise<R> | null = null;
  #events: { event: E; taken: () => void }[] = [];
  #listening = false;
  #ended = false;
  #wake: () => void = () => {};

  constructor(work: (tell: Tell<E>, signal: AbortSignal) => Promise<R>, signal?: AbortSignal) {
    this.#work = work;
    if (signal?.aborted) this.#stop.abort();
    signal?.addEventListener("abort", () => this.#stop.abort(), { once: true });
  }

  /** Runs it, where it doesn't run yet. @returns the result. */
  get result(): Promise<R> {
    this.#result ??= this.#begin();
    return this.#result;
  }

  // biome-ignore lint/suspicious/noThenProperty: `await finetune(settings)` is the plain way to run it
  then<A = R, B = never>(
    onDone?: ((result: R) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result.then(onDone, onFailed);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<E, void, undefined> {
    if (this.#result) throw new Error("the events are given once, from the beginning: loop first");
    this.#listening = true;
    const { result } = this;
    result.catch(() => {}); // whoever loops over the events gets the error below
    try {
      while (!this.#ended || this.#events.length > 0) {
        const next = this.#events[0];
        if (next) {
          yield next.event;
          next.taken();
          this.#events.shift();
        } else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.#listening = false;
      this.#stop.abort(); // of no consequence where it is at its end
      for (const { taken } of this.#events) taken();
      await result.catch(() => {});
    }
    await result;
  }

  #begin(): Promise<R> {
    const tell: Tell<E> = (event) => {
      if (!this.#listening) return Promise.resolve();
      return new Promise((taken) => {
        this.#events.push({ event, taken });
        this.#wake();
      });
    };
    return this.#work(tell, this.#stop.signal).finally(() => {
      this.#ended = true;
      this.#wake();
    });
  }
}
