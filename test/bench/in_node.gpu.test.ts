import { describe, expect, it } from "vitest";
import { bench, expectRight } from "./smoke.ts";

describe("npm run bench -- --node", () => {
  it("checks and measures in Node", async () => {
    const { run } = await bench("--node", "--rows", "^(matmul|train|step)");
    expectRight(run);
    expect(run.place).toBe("node");
    expect(run.complete).toBe(false);
  });
});
