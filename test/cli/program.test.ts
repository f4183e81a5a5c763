import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import "../../src/node.ts";
import { flagOf } from "../../src/cli/definitions/settings.ts";
import { quoted } from "../../src/cli/paths.ts";
import { runCommand } from "../../src/cli/program.ts";
import { SETTINGS } from "../../src/finetune/index.ts";

let stdout = "";
let stderr = "";

beforeEach(() => {
  stdout = "";
  stderr = "";
  const catchOut = (chunk: unknown) => {
    stdout += String(chunk);
    return true;
  };
  const catchErr = (chunk: unknown) => {
    stderr += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(catchOut);
  vi.spyOn(process.stderr, "write").mockImplementation(catchErr);
  vi.spyOn(console, "log").mockImplementation((text = "") => catchOut(`${text}\n`));
  vi.spyOn(console, "error").mockImplementation((text = "") => catchErr(`${text}\n`));
});
afterEach(() => vi.restoreAllMocks());

describe("help", () => {
  it("lists the commands and the options of the one that runs without a name", async () => {
    expect(await runCommand(["--help"])).toBe(0);
    for (const text of ["finetune", "eval", "predict", "inspect", "--weights <file>", "--resume"]) {
      expect(stdout).toContain(text);
    }
  });

  it("is a page, and everything with --help-all", async () => {
    expect(await runCommand(["--help"])).toBe(0);
    expect(stdout.split("\n").length).toBeLessThan(48);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stdout).not.toContain("--weight-decay");
    for (const args of [["--help-all"], ["finetune", "--help-all"]]) {
      stdout = "";
      expect(await runCommand(args)).toBe(0);
      for (const name of Object.keys(SETTINGS)) expect(stdout).toContain(`${flagOf(name)}`);
      expect(stdout).toContain("--config <file>");
    }
  });

  it("has examples for every command", async () => {
    for (const name of [
      ...["finetune", "eval", "predict", "inspect", "convert"],
      ...["models", "tune", "bench", "demo"],
    ]) {
      stdout = "";
      expect(await runCommand([name, "--help"])).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}(graft|npm start --)/);
    }
  });
});

describe("version", () => {
  it("is the package's", async () => {
    expect(await runCommand(["--version"])).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe("paths in suggested commands", () => {
  it("are quoted where a shell would take them apart", () => {
    expect(quoted("out/vgg16-photos/model.h5")).toBe("out/vgg16-photos/model.h5");
    if (process.platform === "win32") return;
    expect(quoted("out ü/it's.pt")).toBe("'out ü/it'\\''s.pt'");
    expect(quoted("a$b")).toBe("'a$b'");
  });
});

describe("wrong usage ends with 2 and one line that says what to do", () => {
  const cases: [string[], RegExp][] = [
    [["--epochs", "none"], /'none' is invalid\. expected a whole number of at least 1/],
    [["--lr", "-1"], /expected a number above 0/],
    [["--val-split", "1"], /expected a number between 0 and 1/],
    [["--mean", "1,,2"], /expected numbers with commas between them/],
    [["--augment", "flip,blur"], /"blur" is none of flip, crop, rotate/],
    [["--optimizer", "lion"], /expected one of adam, adamw, sgd, rmsprop/],
    [["--no-such-option"], /unknown option '--no-such-option'/],
    [
      ["fine-tune"],
      /unknown command "fine-tune" \(did you mean "finetune"\?\); there are finetune, eval, predict/,
    ],
    [["--save", "test/models/files.ts/x.pt"], /can't make this folder: a file of this name exists/],
    [["inspect"], /missing required argument 'file'/],
    [["--weights", "no.safetensors", "--data", "."], /error: no\.safetensors: no such file/],
    [["--data", "no/such/folder"], /error: no\/such\/folder: no such file or folder/],
    [
      ["--arch", "vgg17"],
      /unknown architecture "vgg17" \(did you mean "vgg11"\?\): there are alexnet/,
    ],
    [["--save", "model.bin"], /can't write "\.bin" files; use one of \.safetensors/],
    [["--resume", "no/checkpoint.safetensors"], /so there is nothing to resume/],
    [["predict", "no.png"], /error: no\.png: no such file/],
    [
      ["--weights", "mobilnet_v2"],
      /mobilnet_v2: no such file .* \(did you mean "mobilenet_v2"\?\)/,
    ],
    [
      ["convert", "assets/letters.safetensors", "b"],
      /error: b: its ending must tell the format; use/,
    ],
    [["--save", "b"], /error: --save b: its ending must tell the format; use one of \.safetensors/],
    [["convert", "assets/letters.safetensors", "x.bin"], /can't write "\.bin" files/],
    [["inspect", "no.pth"], /error: no\.pth: no such file or folder/],
  ];
  for (const [args, message] of cases) {
    it(args.join(" "), async () => {
      expect(await runCommand(args)).toBe(2);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/\n\s+at /);
    });
  }
});

describe("failures end with 1", () => {
  it("in one line, or as JSON, with the stack on --debug alone", async () => {
    const args = ["inspect", "package.json"];
    expect(await runCommand(args)).toBe(1);
    expect(stderr).toMatch(/^error: package\.json: [^\n]+\n$/);
    expect(await runCommand([...args, "--json"])).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ type: "error" });
    expect(await runCommand([...args, "--debug"])).toBe(1);
    expect(stderr).toMatch(/\n\s+at /);
  });
});

describe("inspect", () => {
  it("shows format, parameters, architecture and tensors", async () => {
    expect(await runCommand(["inspect", "assets/letters.safetensors", "--no-cost"])).toBe(0);
    expect(stdout).toMatch(/safetensors, 5\d tensors/);
    expect(stdout).toMatch(/architecture {2}small_vgg/);
    expect(stdout).toMatch(/input {9}3×32×32/);
    expect(stdout).toMatch(/features\.0\.weight +f16 {2}\[8, 3, 3, 3\]/);
  });

  it("gives machines everything", async () => {
    expect(await runCommand(["inspect", "assets/letters.safetensors", "--no-cost", "--json"])).toBe(
      0,
    );
    const file = JSON.parse(stdout);
    expect(file).toMatchObject({ type: "file", format: "safetensors", architecture: "small_vgg" });
    expect(file.tensors[0]).toMatchObject({ name: "features.0.weight", shape: [8, 3, 3, 3] });
  });
});
