import { describe, expect, it } from "vitest";
import { restWhile } from "../../src/platform/node/wait.ts";

/** How often something asks while `milliseconds` pass, in every turn of the event loop, as Dawn does. */
async function asksWhile(milliseconds: number, rest: boolean): Promise<number> {
  let asks = 0;
  const done = new Promise<void>((resolve) => {
    const end = performance.now() + milliseconds;
    const ask = () => {
      asks++;
      performance.now() < end ? setImmediate(ask) : resolve();
    };
    ask();
  });
  if (rest) restWhile(done);
  await done;
  return asks;
}

describe("restWhile", () => {
  // Turns rather than processor time: they are bounded however busy the machine is. After 14 short rests a turn
  // rests a millisecond, or took a third of one anyway.
  it("leaves the processor to others", async () => {
    expect(await asksWhile(300, true)).toBeLessThan(1100);
    expect(await asksWhile(300, false)).toBeGreaterThan(1100);
  });

  it("holds up neither timers nor the end of the wait", async () => {
    const late = new Promise<string>((resolve) => {
      setTimeout(() => resolve("in time"), 50);
    });
    restWhile(late);
    expect(await late).toBe("in time");
  });

  it("ends with a rejected promise as with a resolved one", async () => {
    const failure = Promise.reject(new Error("lost"));
    restWhile(failure);
    await expect(failure).rejects.toThrow("lost");
  });
});
