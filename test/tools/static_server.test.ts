import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileFor, type StaticServer, serveFolders } from "../../tools/static_server.ts";

let root: string;
let server: StaticServer;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "graft-test-"));
  await writeFile(join(root, "index.html"), "<p>hello</p>");
  await writeFile(join(root, "module.js"), "export {};");
  server = await serveFolders({ "/": root });
});
afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true, force: true });
});

describe("serveFolders", () => {
  it("serves files with their types, a folder as its index page", async () => {
    const page = await fetch(server.url);
    expect(await page.text()).toBe("<p>hello</p>");
    const script = await fetch(new URL("module.js?v=1", server.url));
    expect(script.headers.get("content-type")).toContain("text/javascript");
  });

  it("answers 404 for what isn't there", async () => {
    expect((await fetch(new URL("nothing", server.url))).status).toBe(404);
  });
});

describe("fileFor", () => {
  const mounts = { "/": "/srv/app", "/data/": "/srv/data" };

  it("takes the longest prefix", () => {
    expect(fileFor(mounts, "/data/a%20b.bin")).toBe(join("/srv/data", "a b.bin"));
    expect(fileFor(mounts, "/index.html")).toBe(join("/srv/app", "index.html"));
  });

  it.each(["/../secret", "/data/..%2f..%2fsecret", "/%00", "/%zz", "/../app2/x"])(
    "refuses %s",
    (path) => {
      expect(fileFor(mounts, path)).toBeNull();
    },
  );
});
