import type { CompileEvent } from "../events.ts";

/** Turns the progress callback of a compilation into events. */
export async function* compileEvents(
  start: (report: (done: number, total: number) => void) => Promise<void>,
): AsyncGenerator<CompileEvent, void, undefined> {
  const queue: CompileEvent[] = [];
  let wake: () => void = () => {};
  let finished = false;
  const running = start((done, total) => {
    queue.push({ type: "compile", done, total });
    wake();
  }).finally(() => {
    finished = true;
    wake();
  });
  while (!finished || queue.length > 0) {
    const event = queue.shift();
    if (event) yield event;
    else if (!finished) await new Promise<void>((resolve) => (wake = resolve));
  }
  await running;
}
