import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { commandName } from "../../src/cli/paths.ts";
import { runCommand } from "../../src/cli/program.ts";
import { digits, type GlyphSet } from "../../src/data/glyphs/index.ts";
import { loadWeights } from "../../src/formats/index.ts";
import { FeatureCache } from "../../src/transfer/index.ts";
import { adapterChoice } from "../gpu_adapter.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-cli-"));
const at = (...parts: string[]) => join(folder, ...parts);
const adapter = ["--adapter", adapterChoice() === "swiftshader" ? "software" : "system"];
/** Half as many pictures as in a quick run, in as many steps. */
const short = ["--quick", "--per-class", "2", "--batch-size", "8"];
let lines: string[] = [];

beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((text = "") => void lines.push(String(text)));
  vi.spyOn(console, "error").mockImplementation((text = "") => void lines.push(String(text)));
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => runCommand([...args, ...adapter]);
const shown = () => lines.join("\n");

interface JsonLine {
  type: string;
  [key: string]: unknown;
}
const events = () =>
  lines.filter((line) => line.startsWith("{")).map((line): JsonLine => JSON.parse(line));
const last = (type: string) => events().findLast((event) => event.type === type);

async function writePicture(set: GlyphSet, index: number, path: string): Promise<void> {
  const { image, shape } = set.get(index);
  const [channels, height, width] = shape;
  const raw = new Uint8Array(image.length);
  for (let i = 0; i < image.length; i++) {
    raw[(i % (height * width)) * channels + Math.floor(i / (height * width))] = image[i];
  }
  await sharp(raw, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
}

describe("graft without options", () => {
  it("fine-tunes, compares, shows confusions, saves and says what is next", async () => {
    const save = at("first", "model.safetensors");
    expect(await run("--quick", "--epochs", "1", "--save", save)).toBe(0);
    expect(shown()).toMatch(/fine-tuning: epoch 1\/1, loss \d/);
    expect(shown()).toMatch(
      /before \(pretrained\)[^\n]+%[^\n]*\n +from scratch[^\n]+%[^\n]*\n.*fine-tuned/,
    );
    expect(shown()).toMatch(/true ↓ {2}predicted →/);
    expect(shown()).toContain(`  ${commandName()} predict --weights ${save} PICTURE …\n`);
    expect(shown()).toContain("  npm run demo\n"); // in a clone
    const file = await loadWeights(save);
    expect(file.tensors.get("classifier.0.weight")?.shape).toEqual([10, 256]);
    const labels = JSON.parse(readFileSync(at("first", "model.labels.json"), "utf8"));
    expect(labels).toMatchObject({ weights: "model.safetensors", architecture: "small_vgg" });
    expect(labels.classes).toEqual([..."0123456789"]);
  });

  it("saves a network that eval and predict understand", async () => {
    const weights = at("first", "model.safetensors");
    expect(await run("eval", "--weights", weights, "--quick", "--json")).toBe(0);
    expect(last("result")).toMatchObject({ count: 40, classes: [..."0123456789"] });
    lines = [];
    await writePicture(digits().test, 2, at("two.png"));
    expect(await run("predict", at("two.png"), "--weights", weights, "--top", "2")).toBe(0);
    expect(shown()).toMatch(/two\.png\n {2}\S+ +\d+\.\d %\n {2}\S+ +\d+\.\d %/);
  });

  it("keeps what is known of it in formats of tensors alone", async () => {
    expect(await run("convert", at("first", "model.safetensors"), at("onnx", "model.onnx"))).toBe(
      0,
    );
    for (const name of ["plain/model.safetensors", "plain/model.npz"]) {
      expect(await run("convert", at("onnx", "model.onnx"), at(name))).toBe(0);
      expect(await run("eval", "--weights", at(name), "--quick")).toBe(0);
    }
  });

  it("is converted to Keras' and TF.js' formats and back without a change", async () => {
    const weights = at("first", "model.safetensors");
    const scores = [];
    expect(await run("convert", weights, at("h5", "model.h5"))).toBe(0);
    expect(await run("convert", at("h5", "model.h5"), at("tfjs", "model.json"))).toBe(0);
    expect(await run("convert", at("tfjs"), at("half.safetensors"), "--dtype", "f16")).toBe(0);
    for (const path of [weights, at("h5", "model.h5"), at("tfjs", "model.json")]) {
      lines = [];
      expect(await run("eval", "--weights", path, "--quick", "--json")).toBe(0);
      scores.push(last("result")?.loss);
    }
    expect(scores[1]).toBeCloseTo(Number(scores[0]), 5);
    expect(scores[2]).toBeCloseTo(Number(scores[0]), 5);
    const half = await loadWeights(at("half.safetensors"));
    expect(half.tensors.get("features.0.weight")?.dtype).toBe("f16");
  });

  it("gives the same result for the same seed", async () => {
    const results = [];
    for (const name of ["a", "b"]) {
      lines = [];
      const save = at(name, "model.safetensors");
      const args = [...short, "--epochs", "1", "--no-compare", "--json", "--save", save];
      expect(await run(...args)).toBe(0);
      results.push(
        events()
          .filter(({ type }) => type === "step")
          .map(({ loss }) => loss),
      );
    }
    expect(results[0]).toEqual(results[1]);
  });
});

describe("graft inspect", () => {
  it("says what the network costs", async () => {
    expect(await run("inspect", "assets/letters.safetensors", "--json")).toBe(0);
    // Eight 3×3 convolutions, two a block, on maps of 32, 16, 8 and 4; then 256 → 37.
    const widths = [8, 16, 32, 64];
    const products = widths.map((width, i) => {
      const inputs = i === 0 ? 3 : widths[i - 1];
      return (32 >> i) ** 2 * 9 * width * (inputs + width);
    });
    const flops = 2 * (products.reduce((sum, n) => sum + n, 0) + 256 * 37);
    const cost = last("file")?.cost;
    expect(cost).toMatchObject({ flops, batchSize: 32 });
    lines = [];
    expect(await run("inspect", "assets/letters.safetensors")).toBe(0);
    expect(shown()).toMatch(/forward {7}6\.95 MFLOP for one image of 3×32×32/);
    expect(shown()).toMatch(/training {6}\d+ MB on the GPU/);
  });
});

describe("graft on own pictures", () => {
  it("trains a head on cached features of a folder's pictures", async () => {
    const { train } = digits();
    for (const label of [1, 8]) {
      mkdirSync(at("pictures", String(label)), { recursive: true });
      for (let i = 0; i < 6; i++) {
        const path = at("pictures", String(label), `${i}.png`);
        await writePicture(train, 10 * i + label, path);
      }
    }
    const save = at("own", "model.pt");
    const args = ["--data", at("pictures"), "--train", "head", "--epochs", "8"];
    expect(await run(...args, "--lr", "0.02", "--save", save)).toBe(0);
    expect(shown()).toMatch(/warning: .*knows little about photos.*--weights squeezenet1_1/);
    expect(shown()).toMatch(/10 images to train on, 2 to validate, 2 classes/);
    expect(shown()).toMatch(/Training 514 of 7\d,\d{3} parameters, in classifier\.0/);
    expect((await loadWeights(save)).format).toBe("pytorch");
    lines = [];
    expect(await run("eval", "--weights", save, "--data", at("pictures"), "--json")).toBe(0);
    expect(last("result")?.accuracy).toBeGreaterThan(0.8);
  });

  it("answers for the pictures that can be read, of files and whole folders", async () => {
    const weights = at("own", "model.pt");
    writeFileSync(at("broken.png"), "no picture");
    const args = ["predict", at("broken.png"), at("pictures", "8"), "--weights", weights];
    expect(await run(...args, "--json")).toBe(1);
    const found = events().filter(({ type }) => type === "prediction");
    expect(found.map(({ image }) => image)).toEqual(
      [0, 1, 2, 3, 4, 5].map((i) => at("pictures", "8", `${i}.png`)),
    );
    expect(last("warning")?.message).toMatch(/broken\.png: not an image/);
    lines = [];
    expect(await run(...args, "--csv", "--top", "2")).toBe(1);
    const rows = lines.filter((line) => !line.includes("warning"));
    expect(rows[0]).toBe("picture,class 1,probability 1,class 2,probability 2");
    expect(rows).toHaveLength(7);
    expect(rows[1]).toMatch(/8.0\.png,[18],0\.\d+,[18],0\.\d+$/);
    expect(lines.filter((line) => /warning.*broken\.png/.test(line))).toHaveLength(1);
    lines = [];
    mkdirSync(at("nothing"));
    expect(await run("predict", at("nothing"), "--weights", weights)).toBe(2);
    expect(shown()).toMatch(/nothing: there are no pictures \(\.jpg \.jpeg/);
  });

  it("is measured on the classes that there are pictures of", async () => {
    cpSync(at("pictures", "8"), at("only", "8"), { recursive: true });
    expect(
      await run("eval", "--weights", at("own", "model.pt"), "--data", at("only"), "--json"),
    ).toBe(0);
    expect(last("warning")?.message).toBe("no picture to test with of 1");
    expect(last("result")).toMatchObject({ count: 6, classes: ["1", "8"] });
  });

  it("refuses data whose classes are others", async () => {
    const weights = at("own", "model.pt");
    cpSync(at("pictures", "8"), at("foreign", "9"), { recursive: true });
    expect(await run("eval", "--weights", weights, "--data", at("foreign"))).toBe(2);
    expect(shown()).toMatch(/its class 0 is "9", the network's "1"/);
  });

  it("numbers the classes of --validation as those it trains", async () => {
    const args = ["--data", at("pictures"), "--train", "head", "--epochs", "1", "--json"];
    cpSync(at("pictures", "8"), at("held", "8"), { recursive: true });
    const validation = ["--validation", at("held"), "--save", at("held.pt")];
    expect(await run(...args, ...validation)).toBe(0);
    expect(events()).toContainEqual({
      type: "warning",
      message: "no picture to validate with of 1",
    });
    expect(last("data")).toMatchObject({ validation: 6, classes: ["1", "8"] });
    cpSync(at("pictures", "1"), at("held", "1"), { recursive: true });
    cpSync(at("pictures", "1"), at("held", "0"), { recursive: true });
    expect(await run(...args, ...validation, "--overwrite")).toBe(0);
    expect(last("data")).toMatchObject({ validation: 12, classes: ["1", "8"] });
  });

  it("refuses a single class, and a place that can't be saved to, before it trains", async () => {
    cpSync(at("pictures", "8"), at("single", "8"), { recursive: true });
    expect(await run("--data", at("single"), "--save", at("single.pt"))).toBe(2);
    expect(shown()).toMatch(/single: only one class, 8: there is nothing to tell apart/);
    mkdirSync(at("taken.pt"));
    expect(await run("--data", at("pictures"), "--save", at("taken.pt"))).toBe(2);
    expect(shown()).toMatch(/--save \S+taken\.pt: is a folder; name a file/);
    expect(shown()).not.toMatch(/Training \d+ of/);
  });

  it("names the layers there are when none is meant", async () => {
    const args = ["--data", at("pictures"), "--train", "layer4"];
    expect(await run(...args, "--save", at("x", "m.safetensors"))).toBe(2);
    expect(shown()).toMatch(/--train: no layer matches layer4; there are features/);
  });
});

describe("Ctrl-C", () => {
  it("stops while features are computed, and leaves other runs' checkpoints alone", async () => {
    mkdirSync(at("shared"));
    const other = at("shared", "checkpoint.safetensors");
    writeFileSync(other, "another run's");
    const args = ["--data", at("pictures"), "--train", "head", "--epochs", "1", "--json"];
    args.push("--batch-size", "4", "--save", at("shared", "model.pt"));
    expect(await run(...args)).toBe(0);
    expect(existsSync(other)).toBe(true);
    const compute = vi.spyOn(FeatureCache.prototype, "compute");
    compute.mockImplementation(async (set, options) => {
      process.emit("SIGINT");
      options?.onProgress?.(4, set.length);
      return set;
    });
    expect(await run(...args, "--overwrite")).toBe(130);
    expect(compute).toHaveBeenCalledTimes(1);
  });

  it("saves, says how to go on, and going on gives what an unbroken run gives", async () => {
    const args = [...short, "--epochs", "2", "--no-compare", "--json"];
    expect(await run(...args, "--save", at("whole", "model.safetensors"))).toBe(0);
    const whole = last("result");

    lines = [];
    const log = vi.mocked(console.log);
    log.mockImplementation((text = "") => {
      lines.push(String(text));
      if (String(text).includes('"step":2,')) process.emit("SIGINT");
    });
    const save = at("broken", "model.safetensors");
    expect(await run(...args, "--save", save)).toBe(130);
    const checkpoint = at("broken", "model.checkpoint.safetensors");
    expect(last("stopped")).toMatchObject({ checkpoint });
    expect(existsSync(save)).toBe(false);

    lines = [];
    log.mockImplementation((text = "") => void lines.push(String(text)));
    expect(await run("--resume", checkpoint, "--json")).toBe(0);
    expect(events().find(({ type }) => type === "step")?.step).toBeGreaterThan(2);
    expect(last("result")?.confusionMatrix).toEqual(whole?.confusionMatrix);
    expect(existsSync(save)).toBe(true);
    expect(existsSync(checkpoint)).toBe(false);
  });
});
