import { describe, expect, it } from "vitest";
import { taskOf } from "../../src/finetune/task.ts";

const counting = (until: number, log: string[] = [], signal?: AbortSignal) =>
  taskOf<number, string>(async (tell, stop) => {
    for (let i = 1; i <= until && !stop.aborted; i++) {
      log.push(`does ${i}`);
      await tell(i);
    }
    log.push(stop.aborted ? "stopped" : "ended");
    return "result";
  }, signal);

describe("taskOf", () => {
  it("doesn't begin before it is asked for anything, and runs once", async () => {
    const log: string[] = [];
    const task = counting(2, log);
    await Promise.resolve();
    expect(log).toEqual([]);
    expect([await task, await task]).toEqual(["result", "result"]);
    expect(log).toEqual(["does 1", "does 2", "ended"]);
  });

  it("gives its events and then its result, not running ahead of whoever listens", async () => {
    const log: string[] = [];
    const task = counting(3, log);
    for await (const event of task) log.push(`sees ${event}`);
    expect(log).toEqual(["does 1", "sees 1", "does 2", "sees 2", "does 3", "sees 3", "ended"]);
    expect(await task).toBe("result");
  });

  it("stops when its signal is raised or its events are left", async () => {
    const log: string[] = [];
    for await (const event of counting(9, log)) if (event === 2) break;
    expect(log).toEqual(["does 1", "does 2", "stopped"]);
    const controller = new AbortController();
    const raised: string[] = [];
    for await (const event of counting(9, raised, controller.signal)) {
      if (event === 1) controller.abort();
    }
    expect(raised).toEqual(["does 1", "stopped"]);
    expect(await counting(9, [], AbortSignal.abort())).toBe("result");
  });

  it("fails once, wherever it is listened to", async () => {
    const failing = () =>
      taskOf<number, never>(async (tell) => {
        await tell(1);
        throw new Error("no room");
      });
    const seen: number[] = [];
    const looped = (async () => {
      for await (const event of failing()) seen.push(event);
    })();
    await expect(looped).rejects.toThrow("no room");
    expect(seen).toEqual([1]);
    await expect(failing()).rejects.toThrow("no room");
    await expect(failing().then(() => "never")).rejects.toThrow("no room");
  });
});
