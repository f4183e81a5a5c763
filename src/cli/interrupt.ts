import { EXIT } from "./errors.ts";

/** Ctrl-C; what ends a process politely; a terminal that was closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Milliseconds within which two signals mean one wish: npm passes on a Ctrl-C that the terminal has sent already, and of a
 * closed terminal both the shell and the system tell.
 */
const ONE_WISH = 500;

/**
 * Runs `work` with a signal that Ctrl-C raises, so that it can save and stop by itself; a second
 * Ctrl-C ends the process at once.
 *
 * @param onInterrupt is called before the signal is raised, to say what happens.
 */
export async function withInterrupt<T>(
  work: (signal: AbortSignal) => Promise<T>,
  onInterrupt: () => void,
): Promise<T> {
  const controller = new AbortController();
  let first = 0;
  const onSignal = () => {
    if (controller.signal.aborted) {
      if (performance.now() - first > ONE_WISH) process.exit(EXIT.interrupted);
      return;
    }
    first = performance.now();
    onInterrupt();
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}
