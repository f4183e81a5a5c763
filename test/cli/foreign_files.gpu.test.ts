// Networks that others made: the command uses what their files describe, and says what they don't tell.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommand } from "../../src/cli/program.ts";
import { writeZip } from "../../src/formats/zip/write.ts";
import { formats, nn } from "../../src/index.ts";
import { teachableLogits, teachableMachine } from "../formats/tfjs/teachable_machine.ts";
import { adapterChoice } from "../gpu_adapter.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-foreign-"));
const at = (...parts: string[]) => join(folder, ...parts);
const adapter = ["--adapter", adapterChoice() === "swiftshader" ? "software" : "system"];
let lines: string[] = [];

const COLOUR = { r: 200, g: 40, b: 90 };
const never = (): never => {
  throw new Error("can't be written");
};
const zip = () => at("teachable.zip");

/** A LeNet as LeCun had it, with the channels of ours. */
async function saveTanhLeNet(path: string): Promise<void> {
  const tanh = new nn.Sequential(
    ...[new nn.Conv2d(3, 6, 5, { padding: 2 }), new nn.Tanh(), new nn.AvgPool2d(2)],
    ...[new nn.Conv2d(6, 16, 5), new nn.Tanh(), new nn.AvgPool2d(2), new nn.Flatten()],
    ...[new nn.Linear(400, 120), new nn.Tanh(), new nn.Linear(120, 84), new nn.Tanh()],
    new nn.Linear(84, 2),
  );
  await formats.saveOnnx(tanh, { path, inputShape: [3, 28, 28], classes: ["yes", "no"] });
}

beforeAll(async () => {
  await saveTanhLeNet(at("lenet.onnx"));
  const files = Object.entries(teachableMachine());
  const contents = files.map(([name, bytes]) => ({ name, bytes }));
  writeFileSync(zip(), writeZip(contents, never));
  await sharp({ create: { width: 12, height: 9, channels: 3, background: COLOUR } })
    .png()
    .toFile(at("picture.png"));
});
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((text = "") => void lines.push(String(text)));
  vi.spyOn(console, "error").mockImplementation((text = "") => void lines.push(String(text)));
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => runCommand([...args, ...adapter]);
const shown = () => lines.join("\n");
const last = (type: string): Record<string, unknown> | undefined =>
  lines
    .filter((line) => line.startsWith("{"))
    .map((line): Record<string, unknown> => JSON.parse(line))
    .findLast((event) => event.type === type);

/** What the network gives for the picture, as probabilities. */
function expected(): Record<string, number> {
  const powers = teachableLogits([COLOUR.r, COLOUR.g, COLOUR.b]).map(Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  return Object.fromEntries(["Katze", "Hund", "keins"].map((name, i) => [name, powers[i]! / sum]));
}

async function predicted(weights: string): Promise<Record<string, unknown>> {
  lines = [];
  expect(await run("predict", "--weights", weights, at("picture.png"), "--json")).toBe(0);
  const { classes } = last("prediction") as { classes: { name: string; probability: number }[] };
  return Object.fromEntries(classes.map(({ name, probability }) => [name, probability]));
}

const close = (values: Record<string, number>) =>
  Object.fromEntries(Object.entries(values).map(([name, p]) => [name, expect.closeTo(p, 4)]));

describe("a Teachable Machine export", () => {
  it("is inspected: input, scaling and classes", async () => {
    expect(await run("inspect", zip())).toBe(0);
    expect(shown()).toMatch(/architecture +described in the file/);
    expect(shown()).toMatch(/input +3×8×8, RGB, pixel · 0\.007874 − \[1\]/);
    expect(shown()).toMatch(/outputs +3\n +classes +Katze, Hund, keins/);
    expect(shown()).not.toMatch(/doesn't say how pixels/);
  });

  it("predicts, and still does so from every format it is converted to", async () => {
    expect(await predicted(zip())).toEqual(close(expected()));
    for (const name of [
      "tm.safetensors",
      "tm.pt",
      "tm.npz",
      "tm.h5",
      "tm.onnx",
      "tfjs/model.json",
    ]) {
      mkdirSync(at("tfjs"), { recursive: true });
      expect(await run("convert", zip(), at(name)), name).toBe(0);
      expect(await predicted(at(name)), name).toEqual(close(expected()));
    }
  });
});

describe("a network with a namesake", () => {
  it("is what its file describes, and what isn't described is said", async () => {
    const path = at("lenet.onnx");
    expect(await run("inspect", path, "--json")).toBe(0);
    expect(last("file")).toMatchObject({ architecture: "from file" });
    const probabilities = await predicted(path);
    expect(Object.keys(probabilities).sort()).toEqual(["no", "yes"]);
    expect(shown()).toMatch(/lenet\.onnx: The file doesn't say how pixels become numbers; assumed/);
    expect(shown()).toMatch(/\(--input-convention\)/);
    // Converted, it is the same network still: nothing of it became a ReLU.
    expect(await run("convert", path, at("lenet.h5"))).toBe(0);
    const { graph } = await formats.loadWeights(at("lenet.h5"));
    expect(graph?.nodes.filter(({ op }) => op === "tanh")).toHaveLength(4);
    expect(await predicted(at("lenet.h5"))).toEqual(close(probabilities as Record<string, number>));
    expect(await run("predict", "--arch", "lenet", "--weights", path, at("picture.png"))).toBe(0);
    expect(shown()).toMatch(/Network: .*lenet\.onnx, lenet, 2 classes/);
  });
});
