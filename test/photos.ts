/** Pictures as files, for what reads folders of them. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { type GlyphSet, letters } from "../src/data/index.ts";

async function writeJpeg(set: GlyphSet, index: number, path: string): Promise<void> {
  const { image, shape } = set.get(index);
  const [channels, height, width] = shape;
  const pixels = Uint8Array.from(image, (_, i) => {
    return image[(i % channels) * height * width + Math.floor(i / channels)];
  });
  const raw = { channels: 3, height, width } as const;
  await sharp(pixels, { raw }).jpeg().toFile(path);
}

/** Two classes of letters, `photos/A` and `photos/B`, and one picture more of each: `a.jpg`, `b.jpg`. */
export async function writePhotos(folder: string, perClass: number): Promise<void> {
  const { train, test } = letters({ perClass, testPerClass: 1, size: 96 });
  for (const [label, name] of ["A", "B"].entries()) {
    const photos = join(folder, "photos", name);
    await mkdir(photos, { recursive: true });
    for (let i = 0; i < perClass; i++)
      await writeJpeg(train, i * train.classes.length + label, join(photos, `${i}.jpg`));
    await writeJpeg(test, label, join(folder, `${name.toLowerCase()}.jpg`));
  }
}
