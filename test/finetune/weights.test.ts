import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import "../../src/node.ts";
import { type OpeningEvent, openWeights } from "../../src/finetune/network/weights.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-opening-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function open(given: string) {
  const events: OpeningEvent[] = [];
  const opened = await openWeights(given, async (event) => void events.push(event));
  return { opened, events };
}

describe("openWeights", () => {
  it("tells what is read of all files together", async () => {
    const weights = [1, 2, 3].map((i) => ({ name: `w${i}`, shape: [4], dtype: "float32" }));
    const manifest = weights.map((weight, i) => ({ paths: [`${i}.bin`], weights: [weight] }));
    const text = JSON.stringify({ format: "layers-model", weightsManifest: manifest });
    writeFileSync(join(folder, "model.json"), text);
    for (const i of [0, 1, 2]) writeFileSync(join(folder, `${i}.bin`), new Uint8Array(16));
    const { opened, events } = await open(join(folder, "model.json"));
    expect(opened.file.tensors.size).toBe(3);
    const size = text.length + 48;
    expect(events.at(-1)).toMatchObject({ type: "reading", done: size, total: size });
  });

  it("says what is near to a name that it doesn't know", async () => {
    await expect(open("squeezenet1-2")).rejects.toThrow(
      /squeezenet1-2: no such file or folder, and .* \(did you mean "squeezenet1_[01]"\?\)/,
    );
  });
});
