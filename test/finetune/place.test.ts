import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import "../../src/node.ts";
import { resumed, settingsText } from "../../src/finetune/keeping/checkpoint.ts";
import { leavePlace, placeOf, takePlace, usualFolder } from "../../src/finetune/keeping/place.ts";
import type { FinetuneSettings } from "../../src/finetune/settings/index.ts";

const before = process.cwd();
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "graft-place-"));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

const take = async (settings: FinetuneSettings, overwrite = false) =>
  takePlace(settings, await settingsText(settings), overwrite);

describe("the place of a result", () => {
  it("has the names of network and data, in any script", () => {
    const of = (settings: FinetuneSettings) => usualFolder(settings);
    expect(of({})).toBe(join("out", "builtin"));
    expect(of({ data: "my photos/" })).toBe(join("out", "builtin-my-photos"));
    expect(of({ data: ["фото"], arch: "small_vgg" })).toBe(join("out", "small_vgg-фото"));
    expect(of({ data: "写真", arch: "small_vgg" })).toBe(join("out", "small_vgg-写真"));
    expect(of({ data: "!?", weights: "a/vgg16.v2.pth" })).toBe(join("out", "vgg16.v2-unnamed"));
    expect(of({ data: "cafe\u0301" })).toBe(of({ data: "café" }));
    expect(of({ data: { cat: [], dog: [] } })).toBe(join("out", "builtin-pictures"));
  });

  it("is one that nobody else has, also when several runs begin at once", async () => {
    const taken = await Promise.all([take({}), take({}), take({})]);
    const found = taken.map(({ save }) => save);
    expect(new Set(found)).toEqual(
      new Set(
        ["builtin", "builtin-2", "builtin-3"].map((name) => join("out", name, "model.safetensors")),
      ),
    );
  });

  it("passes over finished results and unfinished runs", async () => {
    mkdirSync(join("out", "builtin"), { recursive: true });
    writeFileSync(join("out", "builtin", "model.safetensors"), "trained");
    const second = await take({});
    expect(second.save).toBe(join("out", "builtin-2", "model.safetensors"));
    expect((await take({})).save).toBe(join("out", "builtin-3", "model.safetensors"));
    expect(readFileSync(join("out", "builtin", "model.safetensors"), "utf8")).toBe("trained");
  });

  it("that was asked for is taken only where nothing lies, or on demand", async () => {
    const save = join("kept", "net.onnx");
    await take({ save });
    await expect(take({ save })).rejects.toThrow(
      /^save kept.net\.onnx: a run that isn't finished keeps its state there; go on with it \(resume kept.net\.onnx\.checkpoint\.safetensors\)/,
    );
    writeFileSync(save, "trained");
    await expect(take({ save })).rejects.toThrow(
      /is there already, and nothing trained is written/,
    );
    expect((await take({ save }, true)).save).toBe(save);
    expect(readFileSync(save, "utf8")).toBe("trained"); // until there is something better
  });

  it("is none where a user's own file has one of its names", async () => {
    writeFileSync("net.labels.json", "mine");
    await expect(take({ save: "net.safetensors" })).rejects.toThrow(
      /net\.labels\.json: is there already/,
    );
    mkdirSync(join("out", "builtin"), { recursive: true });
    writeFileSync(join("out", "builtin", "model.card.md"), "mine");
    expect((await take({})).save).toBe(join("out", "builtin-2", "model.safetensors"));
  });

  it("is shared by networks of other names, each with its own files", () => {
    const [a, b] = [placeOf("x/net.safetensors"), placeOf("x/net.onnx")];
    const names = [...Object.values(a), ...Object.values(b)];
    expect(new Set(names).size).toBe(names.length);
    expect(a.checkpoint).toBe(join("x", "net.checkpoint.safetensors"));
  });

  it("is left as it was found, with the folders that were made for it", async () => {
    mkdirSync("mine");
    const made = await take({ save: join("mine", "a", "b", "net.pt") });
    await leavePlace(made, []);
    expect(existsSync(join("mine", "a"))).toBe(false);
    expect(existsSync("mine")).toBe(true);
    const kept = await take({ save: join("mine", "net.pt") });
    await leavePlace(kept, []);
    expect(existsSync("mine")).toBe(true);
  });

  it("keeps a result that has the checkpoint's own name", async () => {
    const save = join("x", "net.checkpoint.safetensors");
    const place = { ...(await take({ save })), checkpoint: save };
    writeFileSync(save, "trained");
    await leavePlace({ ...place, made: null }, [save]);
    expect(readFileSync(save, "utf8")).toBe("trained");
    expect(existsSync(place.settings)).toBe(false);
  });
});

describe("going on", () => {
  it("finds the run that was begun last, and works from another folder", async () => {
    mkdirSync("photos");
    const settings = { data: "photos", epochs: 3 };
    await take(settings);
    const second = await take(settings);
    const found = await resumed({ data: "photos" }, true);
    expect(found.place.checkpoint).toBe(second.checkpoint);
    const checkpoint = join(folder, second.checkpoint);
    process.chdir(tmpdir());
    const { settings: kept, place } = await resumed({ epochs: 5 }, checkpoint);
    expect(kept).toMatchObject({ data: join(folder, "photos"), epochs: 5 });
    expect(place.save).toBe(join(folder, second.save));
  });

  it("says so where there is nothing to go on with", async () => {
    await expect(resumed({}, true)).rejects.toThrow(/there is no run that could be gone on with/);
    await expect(resumed({}, "no/net.checkpoint.safetensors")).rejects.toThrow(/nothing to resume/);
    writeFileSync("net.checkpoint.json", "[]");
    await expect(resumed({}, "net.checkpoint.safetensors")).rejects.toThrow(/not what an interr/);
  });
});
