import { expect, it } from "vitest";
import { pause } from "../../src/base/index.ts";

/** Milliseconds that a pause of a minute took. */
async function waited(signal: AbortSignal): Promise<number> {
  const begun = performance.now();
  await pause(60_000, signal);
  return performance.now() - begun;
}

it("a pause ends when its signal is raised, and doesn't begin after that", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20);
  expect(await waited(stop.signal)).toBeLessThan(10_000);
  expect(await waited(stop.signal)).toBeLessThan(1000);
});

it("a pause takes its time", async () => {
  const { signal } = new AbortController();
  const begun = performance.now();
  await pause(30, signal);
  expect(performance.now() - begun).toBeGreaterThanOrEqual(29);
  await pause(0);
});
