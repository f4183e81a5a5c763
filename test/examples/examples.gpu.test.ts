/** The examples that start from a network which is there. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { repository } from "../import_graph.ts";
import { accuracyIn, fromScratch, least, run, runInFolder } from "./example.ts";

runInFolder();

const scripts = readdirSync(join(repository, "examples"))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => basename(name, ".ts"));

describe("the examples", { timeout: 600_000 }, () => {
  it("are all known here", () => {
    expect(scripts.sort()).toEqual(Object.keys(least));
  });

  it.each(scripts.filter((name) => !fromScratch.includes(name)))(
    "%s reaches its figure on data that it draws",
    async (name) => {
      const printed = await run(name);
      expect(accuracyIn(printed), printed).toBeGreaterThanOrEqual(least[name]);
      if (name !== "keras_in_onnx_out") return;
      const [keras, onnx] = [...printed.matchAll(/accuracy .*/g)].map(([text]) => text);
      expect(onnx).toBe(keras);
    },
  );
});
