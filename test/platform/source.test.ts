import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkOptions } from "../../src/base/index.ts";
import { browserPlatform } from "../../src/platform/browser/index.ts";
import { platform, readSource, setPlatform, sourceName } from "../../src/platform/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";

let server: Server;
let origin: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/ok") return response.end(Buffer.of(5, 6));
    if (request.url === "/cut") {
      response.writeHead(200, { "content-length": "10" });
      response.write(Buffer.of(1));
      return setTimeout(() => response.destroy(), 10);
    }
    response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe("readSource", () => {
  it("takes bytes, buffers, blobs, files, URLs and data URLs", async () => {
    const bytes = Uint8Array.of(5, 6);
    const sources = [
      bytes,
      bytes.buffer,
      new Blob([bytes]),
      new File([bytes], "x.bin"),
      `${origin}/ok`,
      new URL(`${origin}/ok`),
      "data:application/octet-stream;base64,BQY=",
    ];
    for (const source of sources) expect([...(await readSource(source))]).toEqual([5, 6]);
  });

  it("hands strings that are no URL to the platform", async () => {
    const before = setPlatform({ ...nodePlatform, readFile: async (path) => Buffer.from(path) });
    expect(Buffer.from(await readSource("C:\\data\\x.bin")).toString()).toBe("C:\\data\\x.bin");
    setPlatform(before);
    expect(platform()).toBe(before);
  });

  it("names the URL when the server refuses, breaks off or is absent", async () => {
    await expect(readSource(`${origin}/none`)).rejects.toThrow(
      `${origin}/none: the server answered 404 Not Found`,
    );
    await expect(readSource(`${origin}/cut`)).rejects.toThrow(
      `${origin}/cut: the download broke off`,
    );
    await expect(readSource("http://127.0.0.1:1/x")).rejects.toThrow(
      "http://127.0.0.1:1/x: can't be fetched",
    );
  });

  it("says what it got when that is no source", async () => {
    const wrong: unknown = { path: "x" };
    await expect(readSource(wrong as string)).rejects.toThrow(
      "expected a path, URL, File, Blob or bytes, got Object",
    );
  });
});

describe("sourceName", () => {
  it("is what the user would call it", () => {
    expect(sourceName("a/b.bin")).toBe("a/b.bin");
    expect(sourceName(new URL("http://x/y"))).toBe("http://x/y");
    expect(sourceName(new File([], "photo.jpg"))).toBe("photo.jpg");
    expect(sourceName(new Uint8Array(1), "weights")).toBe("weights");
    expect(sourceName(`data:${"x".repeat(300)}`)).toHaveLength(61);
  });
});

describe("the browser's platform outside a browser", () => {
  it("says what a page can't do, and what to import in Node", async () => {
    await expect(browserPlatform.writeFileAtomic("m.bin", new Uint8Array(1))).rejects.toThrow(
      'm.bin: a page can\'t write files; take the bytes instead and offer them as a download (in Node: import "webgraft/node" first)',
    );
    await expect(browserPlatform.listFolder("photos")).rejects.toThrow("webkitdirectory");
    await expect(browserPlatform.decodeImage(new Uint8Array(1))).rejects.toThrow("webgraft/node");
  });

  it("keeps files in memory where there is no Cache API", async () => {
    const cache = await browserPlatform.files();
    const bytes = Uint8Array.of(1, 2);
    const part = await cache.open("key");
    await part.append(bytes);
    bytes[0] = 9;
    await part.keep();
    expect(await readSource((await cache.find("key"))!)).toEqual(Uint8Array.of(1, 2));
    await cache.delete("key");
    expect(await cache.find("key")).toBeNull();
  });
});

describe("checkOptions", () => {
  it("names the unknown option and the known ones", () => {
    expect(() => checkOptions("f", { a: 1, c: 2 }, ["a", "b"])).toThrow(
      'f: unknown option "c"; the options are a, b',
    );
    expect(() => checkOptions("f", {}, ["a"])).not.toThrow();
  });
});
