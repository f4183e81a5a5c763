// What predict and eval leave out is said: which, how many, why.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommand } from "../../src/cli/program.ts";
import { adapterChoice } from "../gpu_adapter.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-skipped-"));
const at = (...parts: string[]) => join(folder, ...parts);
const adapter = ["--adapter", adapterChoice() === "swiftshader" ? "software" : "system"];
const weights = ["--weights", "assets/letters.safetensors"];
let lines: string[] = [];

beforeAll(async () => {
  const create = { width: 32, height: 32, channels: 3, background: "white" } as const;
  const png = await sharp({ create }).png().toBuffer();
  const put = (path: string, content: string | Uint8Array) => {
    mkdirSync(at(path, ".."), { recursive: true });
    writeFileSync(at(path), content);
  };
  for (const name of ["A", "B"]) put(`letters/${name}/good.png`, png);
  for (let i = 0; i < 3; i++) put(`letters/A/notes ${i}.txt`, "no picture");
  put("letters/B/table.csv", "1,2");
  put("letters/loose.png", png);
  for (const name of ["one.png", "two.png"]) put(`pictures/${name}`, png);
  put("pictures/broken.png", "no picture");
  put("pictures/cut.jpg", Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16));
  put("pictures/drawing.png", "<svg xmlns='http://www.w3.org/2000/svg'/>");
  for (let i = 0; i < 6; i++) put(`pictures/list ${i}.txt`, "no picture");
  put("pictures/Thumbs.db", "of the system");
});
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((text = "") => void lines.push(String(text)));
  vi.spyOn(console, "error").mockImplementation((text = "") => void lines.push(String(text)));
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => runCommand([...args, ...weights, ...adapter]);
/** The warnings without the folder's own path. */
const warnings = () =>
  lines
    .filter((line) => /warning:/.test(line))
    .map((line) => line.replace(/.*warning:\s*/, "").replaceAll(`${folder}/`, ""));

describe("graft predict", () => {
  it("answers for the others, and says which pictures it couldn't read, how many, and why", async () => {
    expect(await run("predict", at("pictures"))).toBe(1);
    const shown = lines.join("\n");
    for (const name of ["one.png", "two.png"]) {
      expect(shown).toMatch(new RegExp(`pictures/${name}\\n {2}\\S+ +\\d+\\.\\d %`));
    }
    expect(warnings()).toEqual([
      expect.stringMatching(
        /^left out: 6 files are no pictures by name: pictures\/list 0\.txt, .* and 3 more$/,
      ),
      expect.stringMatching(/^pictures\/broken\.png: not an image sharp can decode, or a damaged/),
      expect.stringMatching(/^pictures\/cut\.jpg: not an image sharp can decode, or a damaged one/),
      expect.stringMatching(/^pictures\/drawing\.png: a picture in SVG: it is a drawing/),
    ]);
    expect(shown).toMatch(/^3 pictures could not be read\.$/m);
    expect(shown).not.toContain("Thumbs.db");
  });

  it("says nothing of the kind where all can be read", async () => {
    expect(await run("predict", at("pictures", "one.png"))).toBe(0);
    expect(warnings()).toEqual([]);
    expect(lines.join("\n")).not.toMatch(/could not be read/);
  });
});

describe("graft eval", () => {
  it("says which files it left out, how many, and why", async () => {
    expect(await run("eval", "--data", at("letters"))).toBe(0);
    expect(lines.join("\n")).toMatch(/Data: 2 images of image folder letters/);
    expect(warnings()).toEqual([
      expect.stringMatching(
        /^left out: letters: 1 image beside the class folders, in none of them: loose\.png$/,
      ),
      "left out: letters/A: 3 files are no images by name: notes 0.txt, notes 1.txt, notes 2.txt",
      "left out: letters/B: 1 file is no image by name: table.csv",
      expect.stringMatching(/^no picture to test with of C, D, E and 32 more$/),
    ]);
  });
});
