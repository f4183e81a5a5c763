/** What a run of `npm test` says at its end about the machine: each worker notes it, and tools/test.mjs collects it. */
import { appendFileSync, closeSync, openSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.GRAFT_TEST_NOTES;

/** Notes which adapter was used, or what real data or Python module is absent, so that tests were skipped. */
export function note(kind: "adapter" | "data" | "python", text: string): void {
  if (folder) appendFileSync(join(folder, kind), `${text}\n`);
}

/**
 * Sends what Dawn and drivers write to descriptor 2 to a log, which is named where tests fail: on an old driver it is
 * several lines a test file. Tests themselves speak through Vitest, which doesn't use that descriptor.
 */
export function divertDriverMessages(): void {
  if (!folder || process.platform !== "linux") return;
  closeSync(2);
  openSync(join(folder, "driver.log"), "a"); // takes the lowest number that is free: the one just closed
}
