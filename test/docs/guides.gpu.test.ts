/** A guide's blocks are one program: it runs from its first line to its last, and prints what the guide says, but for the figures. */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../import_graph.ts";
import { writePhotos } from "../photos.ts";
import { blocksOf, guides, textOf } from "./guides.ts";

const register = pathToFileURL(join(repository, "tools/register.mjs")).href;
/** Below the repository, whose packages they import; what they write is written elsewhere. */
const programs = join(repository, "out/guides");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-guides-"));
  await mkdir(programs, { recursive: true });
  await writePhotos(folder, 5);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** @returns what the program printed. @throws Error with what it complained of, where it failed. */
function run(path: string): Promise<string> {
  const child = spawn(process.execPath, ["--import", register, path], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [printed, complaints] = ["", ""];
  child.stdout.on("data", (text) => {
    printed += text;
  });
  child.stderr.on("data", (text) => {
    complaints += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`${path} ended with ${code}:\n${printed}\n${complaints}`));
    });
  });
}

/** Figures differ from adapter to adapter. */
const withoutFigures = (text: string) => text.replace(/\d+(\.\d+)?/g, "#");

describe("the guides", { timeout: 300_000 }, () => {
  it.each(guides)("%s runs as it stands, and prints what it shows", async (guide) => {
    const text = textOf(guide);
    const path = join(programs, guide.replace(/\.md$/, ".ts"));
    await writeFile(path, blocksOf(text, "ts").join("\n"));
    const printed = await run(path);
    const lines = printed.split("\n").map(withoutFigures);
    for (const shown of blocksOf(text, "text").flatMap((block) => block.trim().split("\n")))
      expect(lines, printed).toContain(withoutFigures(shown));
  });
});
