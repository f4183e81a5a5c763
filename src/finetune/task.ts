import { Task } from "../base/index.ts";

/** Tells what happens. Resolves when whoever listens has taken the event, so that work doesn't run ahead of them. */
export type Tell<E> = (event: E) => Promise<void>;

/**
 * A task of work that calls `tell` wherever it is, also in callbacks. Leaving the loop over its events stops the work, as
 * raising the signal does.
 */
export function taskOf<E, R>(
  work: (tell: Tell<E>, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): Task<E, R> {
  let outcome: { readonly result: R } | null = null;
  const run = async (tell: Tell<E>, stop: AbortSignal) => {
    outcome = { result: await work(tell, stop) };
  };
  return new Task(eventsOf(run, signal), () => {
    if (outcome) return outcome.result;
    throw new Error("it was left before it came to a result");
  });
}

async function* eventsOf<E>(
  work: (tell: Tell<E>, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): AsyncGenerator<E, void, undefined> {
  const stop = new AbortController();
  const raise = () => stop.abort();
  if (signal?.aborted) raise();
  signal?.addEventListener("abort", raise, { once: true });
  const waiting: { readonly event: E; readonly taken: () => void }[] = [];
  let wake = () => {};
  let ended = false;
  let left = false;
  const tell: Tell<E> = (event) => {
    if (left) return Promise.resolve(); // nobody takes events any more
    return new Promise((taken) => {
      waiting.push({ event, taken });
      wake();
    });
  };
  const running = work(tell, stop.signal).finally(() => {
    ended = true;
    wake();
  });
  running.catch(() => {}); // is thrown below
  try {
    while (!ended || waiting.length > 0) {
      const [next] = waiting;
      if (next) {
        yield next.event;
        next.taken();
        waiting.shift();
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal?.removeEventListener("abort", raise);
    left = true;
    if (!ended) raise();
    for (const { taken } of waiting) taken();
    await running.catch(() => {});
  }
  await running;
}
