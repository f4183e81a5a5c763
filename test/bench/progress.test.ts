import { expect, it } from "vitest";
import { summarize } from "../../bench/report/statistics.ts";
import { Progress } from "../../bench/run/progress.ts";
import type { Row } from "../../bench/types.ts";
import type { Workload } from "../../bench/workloads/workload.ts";

const workload = (id: string): Workload => {
  const measure = async () => ({ measures: {} });
  return { kind: "measured", id, group: "step", title: `the ${id}`, measure };
};

const row = (id: string, results: Row["results"]): Row => {
  return { id, group: "step", title: `the ${id}`, results };
};

function progress(isTTY: boolean) {
  const written: string[] = [];
  const output = { isTTY, write: (text: string) => written.push(text) };
  return { written, shown: new Progress([workload("a"), workload("b")], ["graft"], output) };
}

it("says each row once where there is no terminal", () => {
  const { written, shown } = progress(false);
  shown.say("first run", "a");
  shown.say("timing 1", "a");
  expect(written).toEqual(["[1/2] the a\n"]);
});

it("replaces its line on a terminal", () => {
  const { written, shown } = progress(true);
  shown.say("first run", "a");
  shown.say("timing 1", "a");
  expect(written).toHaveLength(2);
  expect(written[1]).toMatch(/^\r.*\[1\/2\] the a · timing 1/);
  expect(written.join("")).not.toContain("\n");
});

it("tells results with ratios, failures, and the time left", () => {
  const { written, shown } = progress(false);
  const timing = (seconds: number) => summarize([seconds]);
  shown.finish(
    row("a", [
      { engine: "graft", timing: timing(0.5) },
      { engine: "jax", timing: timing(1) },
      { engine: "tfjs", error: "lost" },
    ]),
  );
  expect(written[0]).toContain("the a: 500 ms");
  expect(written[0]).toContain("jax 2.00×, tfjs failed");
  shown.say("first run", "b");
  expect(written[1]).toBe("[2/2] the b · about 5 s left\n");
  shown.finish(row("b", [{ engine: "graft", error: "broken" }]));
  expect(written[2]).toMatch(/✗.*the b.*broken/);
  const measures = { firstSeconds: 2 };
  shown.finish(
    row("c", [
      { engine: "graft", measures },
      { engine: "jax", measures },
    ]),
  );
  expect(written[3]).toBe("✓ the c\n");
});
