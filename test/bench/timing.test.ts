/** How workloads are checked and timed, with engines that only pretend to work. */
import { describe, expect, it } from "vitest";
import type { Engine, Work } from "../../bench/engines/engine.ts";
import type { StartedEngine } from "../../bench/run/start.ts";
import { runTimed } from "../../bench/run/timing.ts";
import type { EngineResult } from "../../bench/types.ts";
import { compare } from "../../bench/workloads/check.ts";
import type { TimedWorkload } from "../../bench/workloads/workload.ts";

const log: string[] = [];

interface Behaviour {
  value?: number;
  failAt?: number;
  error?: string;
}

function fake(name: string, { value = 1, failAt, error }: Behaviour = {}): StartedEngine {
  let runs = 0;
  const work: Work = {
    async run(times) {
      runs += times;
      log.push(`${name} run`);
      if (failAt !== undefined && runs >= failAt) throw new Error(`${name} broke`);
    },
    read: async () => [value],
    dispose: () => void log.push(`${name} disposed`),
  };
  const give = async () => work;
  const engine: Engine = { name, start: async () => null, matmul: give, train: give };
  return { engine, meter: null, startSeconds: 0, error };
}

function workload(checkAfter = 1): TimedWorkload {
  return {
    kind: "timed",
    id: "fake",
    group: "matmul",
    title: "fake",
    flops: 10,
    prepare: (engine) => engine.matmul(1, new Float32Array(1), new Float32Array(1)),
    checkAfter,
    async check(results) {
      log.push("check");
      return new Map([...results].map(([name, found]) => [name, compare("1", found, [1], 0.1)]));
    },
  };
}

async function run(
  engines: StartedEngine[],
  { checkAfter = 1, secondsLeft = 100 } = {},
): Promise<Map<string, EngineResult>> {
  log.length = 0;
  const context = { size: "smoke" as const, say: () => {}, secondsLeft: () => secondsLeft };
  const row = await runTimed(workload(checkAfter), engines, context);
  expect(row).toMatchObject({ id: "fake", flops: 10 });
  return new Map(row.results.map((result) => [result.engine, result]));
}

describe("runTimed", () => {
  it("checks after the first run and times after the check", async () => {
    const results = await run([fake("a"), fake("b")]);
    expect(log).toEqual(["a run", "b run", "check", "a run", "b run", "a disposed", "b disposed"]);
    expect(results.get("a")?.timing?.runs).toBe(1);
    expect(results.get("b")?.check?.passed).toBe(true);
  });

  it("never counts the first run, and counts the later ones that a check needs", async () => {
    const results = await run([fake("a")], { checkAfter: 3 });
    expect(log).toEqual(["a run", "a run", "a run", "check", "a disposed"]);
    expect(results.get("a")?.timing?.runs).toBe(2);
  });

  it("gives no time to a wrong result", async () => {
    const results = await run([fake("right"), fake("wrong", { value: 2 })]);
    expect(results.get("wrong")).toMatchObject({
      error: expect.stringContaining("its result differs from 1 by 1.0e+0"),
      check: { passed: false },
    });
    expect(results.get("wrong")?.timing).toBeUndefined();
    expect(results.get("right")?.timing).toBeDefined();
  });

  it("keeps a failure as the engine's result and goes on with the others", async () => {
    const results = await run([
      fake("first", { failAt: 1 }),
      fake("later", { failAt: 2 }),
      fake("never", { error: "it did not start: no" }),
      fake("well"),
    ]);
    expect(results.get("first")?.error).toBe("first broke");
    expect(results.get("later")?.error).toBe("later broke");
    expect(results.get("never")?.error).toBe("it did not start: no");
    expect(results.get("well")?.timing?.runs).toBe(1);
    expect(log.filter((line) => line === "first disposed")).toHaveLength(1);
  });

  it("begins nothing when time is up", async () => {
    const results = await run([fake("a")], { secondsLeft: 0 });
    expect(results.get("a")?.error).toBe("out of time, not run");
    expect(log).not.toContain("a run");
  });
});

it("times the adapter's peak in turn with the engines, and gives its median", async () => {
  log.length = 0;
  const rates = [1, 9, 4, 2];
  const flopsNow = async () => {
    log.push("peak");
    return rates.shift() ?? 0;
  };
  const context = { size: "quick" as const, say: () => {}, secondsLeft: () => 100, flopsNow };
  const row = await runTimed(workload(), [fake("a")], context);
  expect(row.peakFlops).toBe(3);
  expect(log.filter((line) => line === "peak")).toHaveLength(4);
  expect(log.slice(1, 4)).toEqual(["check", "peak", "a run"]);
  const { flops: _, ...uncounted } = workload();
  expect((await runTimed(uncounted, [fake("a")], context)).peakFlops).toBeUndefined();
});
