// The report of a run and of a network from a file: a page and its numbers.
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { digits } from "../../src/data/index.ts";
import { evaluate, finetune } from "../../src/finetune/index.ts";
import type { ReportData } from "../../src/report/index.ts";
import { at, builtin, last, run, runInFolder } from "./short_runs.ts";

runInFolder();

const numbers = (path: string): ReportData => JSON.parse(readFileSync(path, "utf8"));

describe("finetune with a report", () => {
  it("writes a page and, beside it, numbers that are the evaluation's", async () => {
    const html = at("reports", "first.html");
    const { result, events } = await run(
      { report: html, train: ["head"], save: at("reports", "net.safetensors") },
      { command: () => "npx webgraft --quick" },
    );
    expect(last(events, "reported")).toEqual({
      type: "reported",
      html,
      json: at("reports", "first.report.json"),
    });
    const data = numbers(at("reports", "first.report.json"));
    const { accuracy, confusionMatrix, perClass, balancedAccuracy } = result.evaluation!;
    expect(data.figures.map(({ name, value }) => [name, value]).slice(0, 2)).toEqual([
      ["accuracy", accuracy],
      ["mean recall of classes", expect.closeTo(balancedAccuracy, 9)],
    ]);
    for (const { value, low, high } of data.figures) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
    expect(data.confusionMatrix).toEqual(confusionMatrix);
    for (const [i, { f1, precision, recall, count }] of perClass.entries())
      expect(data.perClass[i]).toMatchObject({
        support: count,
        precision,
        recall,
        f1: { value: f1 },
      });
    expect(data.epochs).toHaveLength(1);
    expect(data.comparison.map(({ name }) => name)).toEqual(["before", "fine-tuned"]);
    expect(data.command).toBe("npx webgraft --quick");
    expect(data.settings).toMatchObject({ quick: true, epochs: 1, train: ["head"] });
    const answers = data.calibration!.bins.reduce((sum, { count }) => sum + count, 0);
    expect(answers).toBe(result.evaluation!.count);
    const page = readFileSync(html, "utf8");
    expect(page.match(/<div class="mistake">/g)).toHaveLength(data.mistakes.length);
    expect(page.match(/class="heat"/g)).toHaveLength(data.mistakes.length);
  });

  it("says at once where none can be written; datasets of a program have no command", async () => {
    await expect(run({ report: at("net.json") })).rejects.toThrow(
      /report .*net\.json: a report is a page/,
    );
    const data = {
      name: "mine",
      train: digits({ perClass: 2 }).train,
    };
    await finetune({ data, epochs: 1, train: ["head"], report: at("report.html") }, { builtin });
    expect(numbers(at("report.json"))).toMatchObject({
      command: null,
      settings: { data: "given by a program" },
    });
  });
});

describe("evaluate with a report", () => {
  it("tells of a network as it is", async () => {
    const html = at("eval.html");
    const weights = at("reports", "net.safetensors"); // of the first run
    const task = evaluate({ weights, quick: true, report: html });
    const events = [];
    for await (const event of task) events.push(event.type);
    expect(events.at(-1)).toBe("reported");
    const { accuracy } = await task;
    const data = numbers(at("eval.report.json"));
    expect(data.figures[0]).toMatchObject({ name: "accuracy", value: accuracy });
    expect(data).toMatchObject({ epochs: [], comparison: [], command: null });
    expect(readFileSync(html, "utf8")).not.toContain("Learning curves");
    expect(existsSync(at("eval.json"))).toBe(false);
  });
});
