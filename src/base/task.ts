/**
 * Work that tells what it does: `for await` goes through its events as they happen, `await` runs it to its end and gives
 * what it came to. Either starts it; it never runs twice, and awaiting it after (or during) a loop over its events gives
 * the result of that loop.
 */
export class Task<Event, Result> implements AsyncIterable<Event>, PromiseLike<Result> {
  readonly #events: AsyncGenerator<Event, void, undefined>;
  readonly #result: () => Result;
  #failure: { readonly error: unknown } | null = null;
  /** Whether somebody goes through the events: nobody else may take them. */
  #watched = false;
  #end = () => {};
  readonly #over = new Promise<void>((resolve) => {
    this.#end = resolve;
  });
  #outcome: Promise<Result> | null = null;

  /** @param result what the work came to once it is over. */
  constructor(events: AsyncGenerator<Event, void, undefined>, result: () => Result) {
    this.#events = this.#noting(events);
    this.#result = result;
  }

  async *#noting(
    events: AsyncGenerator<Event, void, undefined>,
  ): AsyncGenerator<Event, void, undefined> {
    try {
      yield* events;
    } catch (error) {
      this.#failure = { error };
      throw error;
    } finally {
      this.#end();
    }
  }

  [Symbol.asyncIterator](): this {
    this.#watched = true;
    return this;
  }

  next(): Promise<IteratorResult<Event, void>> {
    return this.#events.next();
  }

  async return(): Promise<IteratorResult<Event, void>> {
    const last = await this.#events.return();
    this.#end(); // also where the work had not begun
    return last;
  }

  /** Runs what is left. Without it, and without a loop over the events, nothing runs. */
  // biome-ignore lint/suspicious/noThenProperty: to be awaited is what it is for
  then<A = Result, B = never>(
    onResult?: ((result: Result) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#outcome ??= this.#run();
    return this.#outcome.then(onResult, onError);
  }

  catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<Result | B> {
    return this.then(null, onError);
  }

  finally(onEnd?: (() => void) | null): Promise<Result> {
    return this.then().finally(onEnd);
  }

  async #run(): Promise<Result> {
    if (this.#watched) await this.#over;
    else while (!(await this.#events.next()).done);
    if (this.#failure) throw this.#failure.error;
    return this.#result();
  }
}
