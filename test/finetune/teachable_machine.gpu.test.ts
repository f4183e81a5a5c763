/**
 * A Teachable Machine export from end to end, in the command and through `loadNetwork`: inspected, evaluated,
 * fine-tuned on another task, converted to every format, and predicted from each.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommand } from "../../src/cli/program.ts";
import { init } from "../../src/kernels/index.ts";
import { loadNetwork } from "../../src/transfer/index.ts";
import { adapterChoice, testAdapter } from "../gpu_adapter.ts";
import { sharedData } from "../shared_data.ts";
import { LABELS, waves, wavesInTfjs, writeTeachableMachine } from "./teachable_machine.ts";

vi.setConfig({ testTimeout: 600_000 });

const mobilenet = sharedData("weights/mobilenet_v1_025_224_tfjs");
const [flowers, insects] = [sharedData("photos_flowers_small"), sharedData("photos_ants_bees")];
const folder = mkdtempSync(join(tmpdir(), "graft-teachable-"));
const at = (...parts: string[]) => join(folder, ...parts);
const adapter = ["--adapter", adapterChoice() === "swiftshader" ? "software" : "system"];
const FORMATS = ["safetensors", "pt", "npz", "h5", "onnx", "json"];
let lines: string[] = [];

const run = async (...args: string[]) => {
  lines = [];
  expect(await runCommand([...args, ...adapter]), lines.join("\n")).toBe(0);
};
const shown = () => lines.join("\n");
const last = (type: string): Record<string, unknown> =>
  lines
    .filter((line) => line.startsWith("{"))
    .map((line): Record<string, unknown> => JSON.parse(line))
    .findLast((event) => event.type === type)!;

/** What the command says of a picture, in the order of the classes. */
async function predicted(weights: string, picture: string, classes: readonly string[]) {
  await run("predict", "--weights", weights, picture, "--json", "--top", "9");
  const found = last("prediction").classes as { name: string; probability: number }[];
  expect(found.map(({ name }) => name).sort()).toEqual([...classes].sort());
  return classes.map((wanted) => found.find(({ name }) => name === wanted)!.probability);
}

/** For the library: a command gives its own device back. */
const newDevice = async () => init({ adapter: await testAdapter() });

const near = (values: readonly number[], digits = 3) =>
  values.map((value) => expect.closeTo(value, digits));

describe.skipIf(!mobilenet || !flowers || !insects)("a Teachable Machine export", () => {
  const tm = at("export");
  const tuned = at("tuned", "model.safetensors");
  const bees = () => join(insects!, "val", "bees", readdirSync(join(insects!, "val", "bees"))[0]!);

  beforeAll(async () => {
    writeTeachableMachine(tm, mobilenet!);
    const { data, width, height } = waves();
    const raw = { width, height, channels: 4 as const };
    await sharp(data, { raw }).png().toFile(at("waves.png"));
  });
  beforeEach(() => {
    vi.spyOn(console, "log").mockImplementation((text = "") => void lines.push(String(text)));
    vi.spyOn(console, "error").mockImplementation((text = "") => void lines.push(String(text)));
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is inspected: what it is, its input, its classes", async () => {
    await run("inspect", tm);
    expect(shown()).toMatch(/architecture +described in the file/);
    expect(shown()).toMatch(/input +3×224×224, RGB, pixel · 0\.007874 − \[1\]/);
    expect(shown()).toMatch(/outputs +3\n +classes +daisy, rose, sunflower/);
  });

  it("gives what TF.js gives, in the command and the library", async () => {
    expect(await predicted(tm, at("waves.png"), LABELS)).toEqual(near(wavesInTfjs));
    await newDevice();
    const network = await loadNetwork(tm);
    expect(network.classes).toEqual(LABELS);
    const pictures = [at("waves.png"), waves() as ImageData];
    for (const { probabilities, name } of await network.predict(pictures)) {
      expect([...probabilities]).toEqual(near(wavesInTfjs));
      expect(name).toBe("rose");
    }
  });

  it("is evaluated on data that holds more classes than it knows", async () => {
    for (const name of readdirSync(join(flowers!, "val"))) {
      const from = join(flowers!, "val", name);
      for (const file of readdirSync(from).sort().slice(0, 12))
        cpSync(join(from, file), at("flowers", name, file));
    }
    await run("eval", "--weights", tm, "--data", at("flowers"), "--json");
    const { accuracy, count } = last("result") as { accuracy: number; count: number };
    expect(count).toBe(36);
    expect(accuracy).toBeGreaterThan(0.6);
  });

  it("is the same in every format that it is converted to", async () => {
    const files = FORMATS.map((ending) => at(ending, `model.${ending}`));
    for (const to of files) {
      await run("convert", tm, to);
      expect(await predicted(to, at("waves.png"), LABELS), to).toEqual(near(wavesInTfjs));
    }
    await newDevice();
    for (const file of files) {
      const network = await loadNetwork(file);
      const [prediction] = await network.predict(waves() as ImageData);
      expect([...prediction!.probabilities], file).toEqual(near(wavesInTfjs));
    }
  });

  it("learns ants from bees, and is the same in every format again", async () => {
    const args = ["--weights", tm, "--data", insects!, "--train", "head", "--json"];
    await run("finetune", ...args, "--save", tuned);
    const { results } = last("result") as { results: { name: string; accuracy: number }[] };
    expect(results.at(-1)!.accuracy).toBeGreaterThanOrEqual(0.9);
    const classes = ["ants", "bees"];
    const expected = await predicted(tuned, bees(), classes);
    const files = FORMATS.map((ending) => at(`tuned_${ending}`, `model.${ending}`));
    for (const to of files) {
      await run("convert", tuned, to);
      expect(existsSync(to)).toBe(true);
      expect(await predicted(to, bees(), classes), to).toEqual(near(expected));
    }
    await newDevice();
    for (const file of files) {
      const network = await loadNetwork(file);
      expect(network.classes).toEqual(classes);
      const [prediction] = await network.predict(bees());
      expect([...prediction!.probabilities], file).toEqual(near(expected));
    }
  });
});
