/** Vitest's global set-up of these tests: the site is built once for all files, when the first asks for its address. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { type DemoServer, startDemoServer } from "../../tools/demo_server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** What answers with the site's address. */
    siteGate: string;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  let site: Promise<DemoServer> | null = null;
  const gate = createServer((_, response) => {
    site ??= startDemoServer({ port: 0 });
    site.then(
      ({ url }) => response.end(url),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((done) => gate.listen(0, "127.0.0.1", done));
  const { port } = gate.address() as AddressInfo;
  project.provide("siteGate", `http://127.0.0.1:${port}`);
  return async () => {
    gate.close();
    await (await site?.catch(() => null))?.close();
  };
}
