/** A guide's blocks are one program: it runs from its first line to its last, and prints what the guide says, but for the figures. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../import_graph.ts";
import { writePhotos } from "../photos.ts";
import { runScript } from "../run_script.ts";
import { blocksOf, guides, textOf } from "./guides.ts";

/** Below the repository, whose packages they import; what they write is written elsewhere. */
const programs = join(repository, "out/guides");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-guides-"));
  await mkdir(programs, { recursive: true });
  await writePhotos(folder, 5);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Figures differ from adapter to adapter. */
const withoutFigures = (text: string) => text.replace(/\d+(\.\d+)?/g, "#");

describe("the guides", { timeout: 300_000 }, () => {
  it.each(guides)("%s runs as it stands, and prints what it shows", async (guide) => {
    const text = textOf(guide);
    const path = join(programs, guide.replace(/\.md$/, ".ts"));
    await writeFile(path, blocksOf(text, "ts").join("\n"));
    const printed = await runScript(path, { cwd: folder });
    const lines = printed.split("\n").map(withoutFigures);
    for (const shown of blocksOf(text, "text").flatMap((block) => block.trim().split("\n")))
      expect(lines, printed).toContain(withoutFigures(shown));
  });
});
