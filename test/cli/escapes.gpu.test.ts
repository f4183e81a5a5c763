/**
 * What a terminal obeys (titles, links, clearing the screen) may stand in the names of tensors, classes, files and
 * folders, in labels and in what is typed. No command lets it through.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runCommand } from "../../src/cli/program.ts";
import { saveSafetensors } from "../../src/formats/index.ts";
import { adapterChoice } from "../gpu_adapter.ts";

vi.setConfig({ testTimeout: 300_000 });

const folder = mkdtempSync(join(tmpdir(), "graft-escapes-"));
const adapter = ["--adapter", adapterChoice() === "swiftshader" ? "software" : "system"];
/** A title, a cleared screen, hidden letters, the 8-bit form of the same, and letters turned round. */
const EVIL = "\x1b]0;t\x07\x1b[2J\x1b[8m\x9b31m\u202e";
const at = (...parts: string[]) => join(folder, ...parts);
const data = at(`data${EVIL}`);
const [saved, tensors] = [at(`net${EVIL}`, "net.safetensors"), at("tensors.safetensors")];

beforeAll(async () => {
  for (const [name, background] of [
    [`red${EVIL}`, "#c21"],
    [`blue\n${EVIL}`, "#13c"],
  ] as const) {
    mkdirSync(join(data, name), { recursive: true });
    for (let i = 0; i < 6; i++) {
      const create = { width: 32, height: 32, channels: 3, background } as const;
      await sharp({ create })
        .png()
        .toFile(join(data, name, `${i}${EVIL}.png`));
    }
    writeFileSync(join(data, name, `broken${EVIL}.png`), "no picture");
    writeFileSync(join(data, name, `notes${EVIL}.txt`), "no picture");
  }
  const tensor = { shape: [2, 2], dtype: "f32" as const, data: () => new Float32Array(4) };
  const metadata = { [`key${EVIL}`]: `value${EVIL}` };
  await saveSafetensors({ [`weight${EVIL}`]: tensor }, { path: tensors, metadata });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** All that a command prints, wherever. */
async function printed(...args: string[]): Promise<string> {
  const parts: string[] = [];
  const note = (text: unknown = "") => void parts.push(`${text}\n`);
  const write = (text: string | Uint8Array) => parts.push(String(text)) > 0;
  const spies = [
    vi.spyOn(console, "log").mockImplementation(note),
    vi.spyOn(console, "error").mockImplementation(note),
    vi.spyOn(process.stdout, "write").mockImplementation(write),
    vi.spyOn(process.stderr, "write").mockImplementation(write),
  ];
  try {
    await runCommand([...args, ...adapter]);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return parts.join("");
}

const cases: [what: string, args: string[]][] = [
  ["finetune", ["--data", data, "--skip-damaged", "--epochs", "1", "--save", saved]],
  [
    "finetune --json",
    ["--data", data, "--skip-damaged", "--epochs", "1", "--no-compare", "--json"],
  ],
  ["finetune, refused", ["--data", data, "--epochs", "1"]],
  ["finetune --resume", ["--resume", at(`nowhere${EVIL}`)]],
  ["eval", ["eval", "--weights", saved, "--data", data]],
  ["predict", ["predict", "--weights", saved, data]],
  ["predict --csv", ["predict", "--weights", saved, data, "--csv"]],
  ["predict --json", ["predict", "--weights", saved, data, "--json"]],
  ["inspect", ["inspect", saved]],
  ["inspect, tensors", ["inspect", tensors]],
  ["inspect --json", ["inspect", tensors, "--json"]],
  ["convert", ["convert", saved, at(`net${EVIL}`, "net.onnx")]],
  ["inspect, converted", ["inspect", at(`net${EVIL}`, "net.onnx")]],
  ["convert, refused", ["convert", tensors, at(`x${EVIL}.xyz`)]],
  ["a missing file", ["inspect", at(`nothing${EVIL}.pt`)]],
  ["… with its stack", ["inspect", at(`nothing${EVIL}.pt`), "--debug"]],
  ["an unknown command", [`fit${EVIL}`]],
  ["an unknown option", ["predict", `--x${EVIL}`]],
  ["a value that won't do", ["--epochs", `9${EVIL}`]],
  ["an unknown network", ["--arch", `vgg${EVIL}`]],
];

it.each(cases)("%s", async (_, args) => {
  const text = await printed(...args);
  expect(text).not.toBe("");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  expect(text.match(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/)?.[0]).toBeUndefined();
  expect(text).toMatch(/\\x1b|\\u001b|\\u009b/);
});
