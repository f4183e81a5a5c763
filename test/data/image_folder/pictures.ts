/** Pictures of one colour, and folders of them. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll } from "vitest";

export function png(background: string, width = 4, height = 4): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
}

/** A folder for the tests of a file, which goes with them. */
export function temporaryHome(): {
  readonly path: string;
  folder(files: Record<string, string>): Promise<string>;
} {
  let path = "";
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), "graft-images-"));
  });
  afterAll(() => rm(path, { recursive: true, force: true }));
  return {
    get path() {
      return path;
    },
    folder: (files) => folder(files, path),
  };
}

/** Writes files below a fresh folder: a colour name becomes a picture, other text itself. */
async function folder(files: Record<string, string>, home: string): Promise<string> {
  const root = await mkdtemp(join(home, "set-"));
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    if (!name.endsWith("/"))
      await writeFile(path, content.includes("!") ? content : await png(content));
    else await mkdir(path, { recursive: true });
  }
  return root;
}
