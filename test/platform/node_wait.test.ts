import { describe, expect, it } from "vitest";
import { restWhile } from "../../src/platform/node_wait.ts";

/** Processor time in milliseconds while `milliseconds` pass, with something asking in every turn, as Dawn does. */
async function cpuWhile(milliseconds: number, rest: boolean): Promise<number> {
  const before = process.cpuUsage();
  const done = new Promise<void>((resolve) => {
    const end = performance.now() + milliseconds;
    const ask = () => (performance.now() < end ? setImmediate(ask) : resolve());
    ask();
  });
  if (rest) restWhile(done);
  await done;
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe("restWhile", () => {
  it("leaves the processor to others", async () => {
    const busy = await cpuWhile(300, false);
    const resting = await cpuWhile(300, true);
    expect(resting).toBeLessThan(busy / 2);
  });

  it("delays neither timers nor the end of the wait by much", async () => {
    const begun = performance.now();
    const late = new Promise<number>((resolve) => {
      setTimeout(() => resolve(performance.now() - begun), 50);
    });
    restWhile(late);
    expect(await late).toBeLessThan(500);
  });

  it("ends with a rejected promise as with a resolved one", async () => {
    const failure = Promise.reject(new Error("lost"));
    restWhile(failure);
    await expect(failure).rejects.toThrow("lost");
  });
});
