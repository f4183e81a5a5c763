// `--weights NAME` through the registry, from a mirror on this machine; and what the command offers
// beside plain fine-tuning.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommand } from "../../src/cli/program.ts";
import { formats, manualSeed, models } from "../../src/index.ts";
import { adapterChoice } from "../gpu_adapter.ts";
import { serve, startServer, type TestServer } from "../platform/hostile_server.ts";

// A whole network is compiled, saved and traced: slow where the machine is shared.
vi.setConfig({ testTimeout: 300_000 });

const folder = mkdtempSync(join(tmpdir(), "graft-weights-"));
const at = (...parts: string[]) => join(folder, ...parts);
const adapter = ["--adapter", adapterChoice() === "swiftshader" ? "software" : "system"];
const files = new Map<string, Uint8Array>();
let server: TestServer;
let lines: string[] = [];

beforeAll(async () => {
  server = await startServer((request, response) => {
    const bytes = files.get((request.url ?? "").slice(1));
    if (bytes) serve(request, response, bytes);
    else response.writeHead(404).end();
  });
  vi.stubEnv("GRAFT_CACHE", at("cache"));
  vi.stubEnv("GRAFT_MIRROR", server.url);
  manualSeed(1);
  const model = models.mobilenetV1({ alpha: 0.25 });
  for (const [name, bytes] of Object.entries(await formats.saveTfjs(model))) {
    files.set(`mobilenet_v1_0.25/${name}`, bytes);
  }
  for (const [name, color] of [["blue", "#1133cc"] as const, ["red", "#cc2211"] as const]) {
    mkdirSync(at("pictures", name), { recursive: true });
    for (let i = 0; i < (name === "red" ? 8 : 4); i++) {
      const create = { width: 48, height: 40 + i, channels: 3, background: color } as const;
      await sharp({ create })
        .png()
        .toFile(at("pictures", name, `${i}.png`));
    }
  }
});
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((text = "") => void lines.push(String(text)));
  vi.spyOn(console, "error").mockImplementation((text = "") => void lines.push(String(text)));
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  rmSync(folder, { recursive: true });
});

const run = (...args: string[]) => runCommand([...args, ...adapter]);
const shown = () => lines.join("\n");
const last = (type: string): Record<string, unknown> | undefined =>
  lines
    .filter((line) => line.startsWith("{"))
    .map((line): Record<string, unknown> => JSON.parse(line))
    .findLast((event) => event.type === type);

const NET = ["--weights", "mobilenet_v1_0.25", "--data", at("pictures"), "--size", "64"];
const SHORT = ["--epochs", "1", "--batch-size", "4", "--val-split", "0.25"];

describe("weights by name", () => {
  it("are downloaded, fine-tuned with class weights, and saved for ONNX with labels and card", async () => {
    const save = at("onnx", "model.onnx");
    expect(await run("finetune", ...NET, ...SHORT, "--class-weights", "--save", save)).toBe(0);
    expect(shown()).toMatch(/Pretrained: mobilenet_v1_0\.25, 1\.9 MB, licence Apache-2\.0/);
    expect(shown()).toMatch(/Training 514 of 213,586 parameters, in classifier\.head/);
    expect((await formats.loadWeights(save)).format).toBe("onnx");
    expect(JSON.parse(readFileSync(at("onnx", "model.onnx.labels.json"), "utf8"))).toMatchObject({
      weights: "model.onnx",
      classes: ["blue", "red"],
      input: { size: 64, resize: "crop", antialias: false },
    });
    const card = readFileSync(at("onnx", "model.onnx.card.md"), "utf8");
    expect(card).toMatch(/storage\.googleapis\.com/);
    expect(card).toMatch(/class weights: by the numbers of images/);
    expect(card).toMatch(/Apache-2\.0/);
  });

  it("serve predict straight from the saved ONNX file", async () => {
    const picture = at("pictures", "red", "0.png");
    expect(await run("predict", "--weights", at("onnx", "model.onnx"), picture, "--json")).toBe(0);
    expect(last("prediction")?.classes).toHaveLength(2);
    expect(shown()).toMatch(/"name":"blue"/);
  });

  it("are listed by models", async () => {
    expect(await runCommand(["models"])).toBe(0);
    expect(shown()).toMatch(/vgg16 +3×224×224 +imagenet +vgg16, vgg16_keras/);
    expect(shown()).toMatch(/resnet18 +47 MB +69\.8 % +ImageNet-1k +SHA-256 +BSD-3-Clause/);
    lines = [];
    expect(await runCommand(["models", "--json"])).toBe(0);
    expect(last("models")?.pretrained).toHaveLength(models.listPretrained().length);
  });

  it("give one clear line when they can't be had or can't serve", async () => {
    expect(await run("inspect", "resnet18")).toBe(1);
    expect(lines.at(-1)).toMatch(/resnet18-f37072fd\.pth: the server answered 404/);
    expect(await run("inspect", "vgg17")).toBe(2);
    expect(lines.at(-1)).toMatch(/vgg17: no such file or folder, and no pretrained weights/);
    expect(lines.join("\n")).not.toMatch(/\n\s+at /);
  });
});

describe("what to train", () => {
  it("is found out by --train auto, shown, and kept", async () => {
    const save = at("auto", "model.safetensors");
    const args = ["--quick", "--per-class", "2", "--epochs", "1", "--no-compare"];
    expect(await run("finetune", ...args, "--train", "auto", "--save", save)).toBe(0);
    for (const name of ["head only", "last third and head", "all layers"]) {
      expect(shown()).toMatch(new RegExp(`${name} +\\d+\\.\\d % +loss +\\d`));
    }
    expect(shown()).toMatch(/Chosen: (head only|last third and head|all layers), learning rate/);
    expect(existsSync(save)).toBe(true);
  });

  it("can be said by what stays as it is", async () => {
    const save = at("frozen", "model.safetensors");
    const args = [
      ...NET,
      "--epochs",
      "1",
      "--batch-size",
      "4",
      "--accumulate",
      "2",
      "--save",
      save,
    ];
    expect(await run("finetune", ...args, "--freeze", "features.conv1-conv_pw_12_relu")).toBe(0);
    expect(shown()).toMatch(/Training [\d,]+ of 213,586 parameters, in features\.conv_dw_13/);
  });

  it("can end at an earlier layer, also when it is loaded again", async () => {
    const save = at("cut", "model.safetensors");
    const args = ["--epochs", "1", "--cut", "features.conv_pw_5_relu", "--train", "head"];
    expect(await run("finetune", ...NET, ...args, "--save", save)).toBe(0);
    expect(shown()).toMatch(/Training [\d,]+ of [\d,]+ parameters, in classifier/);
    const { tensors } = await formats.loadWeights(save);
    expect([...tensors.keys()].filter((name) => name.includes("conv_pw_6"))).toEqual([]);
    lines.length = 0;
    expect(await run("eval", "--weights", save, "--data", at("pictures"))).toBe(0);
    expect(shown()).toMatch(/\d+\.\d %/);
  });

  const wrong: [string[], RegExp][] = [
    [["--cut", "layer9"], /there is no layer "layer9"; give one from features\.conv1/],
    [["--freeze", "features", "--train", "head"], /--train and --freeze: give one of them/],
    [["--train", "auto,head"], /"auto" stands alone/],
    [["--freeze", "layer9"], /--freeze: no layer matches layer9; there are features/],
    [["--accumulate", "0"], /expected a whole number of at least 1/],
  ];
  it.each(wrong)("refuses %j", async (args, message) => {
    const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    expect(await run("finetune", ...NET, "--save", at("x", "m.safetensors"), ...args)).toBe(2);
    stderr.mockRestore();
    expect(shown()).toMatch(message);
  });
});

describe("hostile input", () => {
  it("gets one clear line and 1 or 2, whatever is wrong", async () => {
    mkdirSync(at("empty"));
    mkdirSync(at("holes", "a"), { recursive: true });
    mkdirSync(at("holes", "b"), { recursive: true });
    writeFileSync(at("holes", "a", "1.png"), "no picture");
    writeFileSync(at("holes", "a", "2.png"), "no picture");
    writeFileSync(at("noise.pth"), "PK\x03\x04 but no archive");
    const picture = at("pictures", "red", "0.png");
    const builtin = ["--weights", "assets/letters.safetensors"];
    const cases: [string[], number, RegExp][] = [
      [["finetune", "--data", at("empty")], 2, /empty: it is empty; --data takes/],
      [["finetune", "--data", at("holes")], 1, /holes\/b.*(no images|empty)/],
      [["finetune", "--weights", at("noise.pth"), "--data", at("pictures")], 1, /noise\.pth.*: /],
      [["eval", "--weights", at("noise.pth"), "--data", at("pictures")], 1, /noise\.pth/],
      [["predict", ...builtin, at("noise.pth")], 1, /noise\.pth: not an image/],
      [["predict", "--weights", at("empty"), picture], 1, /empty: there are no files in it/],
      [["predict", ...builtin, "--labels", at("noise.pth"), picture], 2, /1 names, but .* has 37/],
      [["eval", ...builtin, "--data", at("pictures")], 2, /its class 0 is "blue"/],
      [["convert", at("noise.pth"), at("x.onnx")], 1, /noise\.pth/],
    ];
    for (const [args, code, message] of cases) {
      lines = [];
      expect(await run(...args), args.join(" ")).toBe(code);
      const error = lines.filter((line) => /error:/.test(line));
      expect(error, args.join(" ")).toHaveLength(1);
      expect(error[0]).toMatch(message);
      expect(shown()).not.toMatch(/\n\s+at /);
    }
  });
});
