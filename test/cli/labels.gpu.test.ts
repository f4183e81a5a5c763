// Several labels a picture through the command: drawn shapes, of which a picture may have any.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommand } from "../../src/cli/program.ts";
import { Random } from "../../src/data/index.ts";
import { init, loadNetwork } from "../../src/index.ts";
import type { ReportData } from "../../src/report/index.ts";
import { adapterChoice } from "../gpu_adapter.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-shapes-"));
const at = (...parts: string[]) => join(folder, ...parts);
const adapter = ["--adapter", adapterChoice() === "swiftshader" ? "software" : "system"];
const SIDE = 28;
const SHAPES = ["bar", "frame", "spot"];

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((text = "") => void lines.push(String(text)));
  vi.spyOn(console, "error").mockImplementation((text = "") => void lines.push(String(text)));
});
afterAll(() => rmSync(folder, { recursive: true }));
const run = (...args: string[]) => runCommand([...args, ...adapter]);
const events = (type: string) =>
  lines
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .filter((event) => event.type === type);

/** A bar at the left, a frame at the top right, a spot at the bottom right, as far as they are asked for. */
function draw(labels: readonly boolean[], random: Random): Buffer {
  const [dx, dy] = [random.int(3), random.int(3)];
  const pixels = Buffer.alloc(SIDE * SIDE * 3);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [x, y] = [(i % SIDE) - dx, Math.floor(i / SIDE) - dy];
    const bar = x >= 2 && x < 6 && y >= 3 && y < 22;
    const frame = x >= 11 && x < 22 && y >= 2 && y < 12 && !(x > 12 && x < 20 && y > 3 && y < 10);
    const spot = (x - 17) ** 2 + (y - 18) ** 2 < 20;
    const on = [bar, frame, spot].some((is, c) => is && labels[c]);
    pixels.fill(on ? 230 : 20 + 20 * random.float(), 3 * i, 3 * i + 3);
  }
  return pixels;
}

/** Pictures with each of the eight sets of labels as often. */
async function table(name: string, rounds: number, seed: number): Promise<string[]> {
  const random = new Random(seed);
  mkdirSync(at(name), { recursive: true });
  const rows: string[] = [];
  for (let i = 0; i < 8 * rounds; i++) {
    const labels = SHAPES.map((_, c) => ((i >> c) & 1) === 1);
    const file = `${name}/${i}.png`;
    const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
    await sharp(draw(labels, random), { raw }).png().toFile(at(file));
    rows.push(`${file},${SHAPES.filter((_, c) => labels[c]).join(" ")}`);
  }
  writeFileSync(at(`${name}.csv`), ["file,labels", ...rows, ""].join("\n"));
  return rows;
}

const weights = at("shapes.safetensors");
let held: string[] = [];
beforeAll(async () => {
  await table("train", 6, 1);
  held = await table("val", 2, 2);
});

describe("several labels a picture", () => {
  it("are learned, reported and kept with their thresholds", async () => {
    const report = at("run.html");
    const how = ["--epochs", "6", "--no-compare", "--save", weights, "--report", report, "--json"];
    expect(await run("--data", folder, ...how)).toBe(0);
    const [labels] = events("labels");
    expect(labels.macroF1).toBeGreaterThan(0.85);
    const data: ReportData = JSON.parse(readFileSync(at("run.report.json"), "utf8"));
    expect(data.classes).toEqual(SHAPES);
    expect(data.figures.map(({ name, value }) => [name, value])).toEqual([
      ["macro F1", labels.macroF1],
      ["micro F1", labels.microF1],
      ["mean average precision", labels.meanAveragePrecision],
      ["all labels right", labels.exact],
    ]);
    expect(data.perClass.map(({ support }) => support)).toEqual([8, 8, 8]);
    expect(data.precisionRecall).toHaveLength(3);
    expect(data.calibration).toBeNull();
    const page = readFileSync(report, "utf8");
    for (const shown of ["<h2>Labels</h2>", "given from", "Precision and recall"])
      expect(page).toContain(shown);
    for (const absent of ["Confusions", "Calibration"]) expect(page).not.toContain(absent);
    const { thresholds } = JSON.parse(readFileSync(at("shapes.labels.json"), "utf8"));
    expect(thresholds).toEqual(data.perClass.map(({ threshold }) => threshold));
  });

  it("are given to pictures by thresholds, and counted as the report says", async () => {
    const pictures = held.map((row) => at(row.split(",")[0]!));
    expect(await run("predict", ...pictures, "--weights", weights, "--json")).toBe(0);
    const predictions = events("prediction");
    const real = held.map((row) => row.split(",")[1]!.split(" ").filter(Boolean));
    const data: ReportData = JSON.parse(readFileSync(at("run.report.json"), "utf8"));
    for (const { name, precision, recall, threshold } of data.perClass) {
      const said = predictions.map(({ labels }) => labels.includes(name));
      const hits = said.filter((yes, i) => yes && real[i]!.includes(name)).length;
      expect(hits / 8).toBeCloseTo(recall, 9);
      expect(hits / said.filter(Boolean).length).toBeCloseTo(precision, 9);
      for (const { labels, classes } of predictions) {
        const found = classes.find((one: { name: string }) => one.name === name);
        expect(labels.includes(name)).toBe(found.probability >= threshold!);
      }
    }
    lines = [];
    await run("predict", pictures[0]!, "--weights", weights, "--json", "--threshold", "0.0001");
    expect(events("prediction")[0].labels).toEqual(SHAPES);
    const network = await init().then(() => loadNetwork(weights));
    const [first] = await network.predict(pictures[0]!);
    const { classes } = predictions[0];
    for (const [c, name] of SHAPES.entries())
      expect(first!.probabilities[c]).toBeCloseTo(
        classes.find((one: { name: string }) => one.name === name).probability,
        4,
      );
    expect(network.thresholds).toEqual(data.perClass.map(({ threshold }) => threshold));
  });

  it("are measured by eval, which refuses pictures of one class each", async () => {
    const report = at("eval.html");
    const args = ["--weights", weights, "--report", report, "--json"];
    expect(await run("eval", "--data", at("val.csv"), ...args)).toBe(0);
    const [run0, eval0] = ["run", "eval"].map(
      (name): ReportData => JSON.parse(readFileSync(at(`${name}.report.json`), "utf8")),
    );
    expect(eval0!.perClass).toEqual(run0!.perClass);
    expect(events("labels")[0].labels).toHaveLength(3);
    expect(await run("eval", "--data", at("val"), "--weights", weights)).not.toBe(0);
    expect(await run("eval", "--weights", weights)).not.toBe(0);
    expect(lines.join("\n")).toContain("name a table of labels");
    const one = ["--data", folder, "--per-class", "2"];
    expect(await run(...one)).not.toBe(0);
    expect(lines.join("\n")).toContain("--per-class");
  });
});
