import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WeightFileError } from "../../../src/formats/index.ts";
import { toByteSource } from "../../../src/formats/sources/source.ts";
import { setPlatform } from "../../../src/platform/index.ts";
import { nodePlatform } from "../../../src/platform/node/index.ts";
import { startServer } from "./reading_server.ts";

const read = async (source: Parameters<typeof toByteSource>[0]) =>
  new TextDecoder().decode(await (await toByteSource(source)).read());

const previous = setPlatform(nodePlatform);
let folder = "";
let origin = "";
let close: () => Promise<void>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "graft-source-"));
  writeFileSync(join(folder, "model.json"), "manifest");
  ({ origin, close } = await startServer());
});

afterAll(async () => {
  setPlatform(previous);
  rmSync(folder, { recursive: true });
  await close();
});

describe("http", () => {
  it("reads a URL and its siblings, keeping the query", async () => {
    const source = await toByteSource(`${origin}/a/model.json?token=7`);
    expect(source.name).toBe(`${origin}/a/model.json`);
    expect(new TextDecoder().decode(await source.read())).toBe("/a/model.json|?token=7");
    const shard = await source.sibling("b/100%#?.bin");
    expect(new TextDecoder().decode(await shard.read())).toBe("/a/b/100%#?.bin|?token=7");
  });

  it("finds siblings of a Response by its URL", async () => {
    const source = await toByteSource(await fetch(`${origin}/a/model.json`));
    expect(new TextDecoder().decode(await (await source.sibling("s.bin")).read())).toBe(
      "/a/s.bin|",
    );
    const bare = await toByteSource(new Response("x"), { name: "cached" });
    await expect(bare.sibling("s.bin")).rejects.toThrow(
      'cached: it needs the file "s.bin" beside it',
    );
  });

  it("reads a body of unknown length", async () => {
    const bytes = await (await toByteSource(`${origin}/chunked`)).read();
    expect(bytes.length).toBe(1_400_000);
    expect(bytes.at(-1)).toBe(121);
  });

  it("takes no more than it was allowed, and of what is packed a hundred times as much", async () => {
    const url = `${origin}/chunked`;
    const more = `${url}: the server sends more than 1000000 bytes. Check the address; { maxSize }`;
    await expect((await toByteSource(url, { maxSize: 1e6 })).read()).rejects.toThrow(more);
    const long = new Response("abc", { headers: { "content-length": "9999999999" } });
    await expect(read(long)).rejects.toThrow("sends more than 8589934592 bytes");
    let most = 0;
    const onProgress = (bytes: number) => {
      most = bytes;
    };
    const bomb = await toByteSource(`${origin}/bomb`, { onProgress });
    await expect(bomb.read()).rejects.toThrow("/bomb: the server sends more than");
    expect(most).toBeLessThan(2 ** 23);
    const asked = await toByteSource(`${origin}/bomb`, { maxSize: 2 ** 26 });
    expect(await asked.read()).toHaveLength(2 ** 26);
  });

  it("names the URL, the status and what to do", async () => {
    await expect(read(`${origin}/missing?key=secret`)).rejects.toThrow(
      `${origin}/missing: the server answered 404 Not Found. Check the address`,
    );
    await expect(read("http://127.0.0.1:1/x")).rejects.toThrow(
      "http://127.0.0.1:1/x: can't be fetched",
    );
    await expect(read(`${origin}/short`)).rejects.toThrow(
      `${origin}/short: the download broke off`,
    );
    const used = new Response("x");
    await used.text();
    await expect(read(used)).rejects.toThrow("the Response was read already");
    for (const url of ["/missing", "/short"]) {
      await expect(read(origin + url)).rejects.toBeInstanceOf(WeightFileError);
    }
  });
});

describe("progress and abort", () => {
  it("reports bytes and total", async () => {
    const seen: unknown[] = [];
    const onProgress = (...event: unknown[]) => seen.push(event);
    await (await toByteSource(new Blob(["abc"]), { onProgress })).read();
    await (await toByteSource(join(folder, "model.json"), { onProgress })).read();
    await (await toByteSource(`${origin}/abc`, { onProgress })).read();
    const chunked = await toByteSource(`${origin}/chunked`, {
      onProgress: (_, total) => expect(total).toBeUndefined(),
    });
    await chunked.read();
    expect(seen[0]).toEqual([3, 3, "the given bytes"]);
    expect(seen[1]).toEqual([8, 8, join(folder, "model.json")]);
    expect(seen.at(-1)).toEqual([5, 5, `${origin}/abc`]);
  });

  it("ends with the signal's reason, before and during a download", async () => {
    const early = AbortSignal.abort(new Error("enough"));
    await expect(toByteSource(`${origin}/abc`, { signal: early })).rejects.toThrow("enough");
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort("stopped") };
    await expect((await toByteSource(`${origin}/slow`, options)).read()).rejects.toBe("stopped");
  });
});
