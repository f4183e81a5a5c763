/** Vitest's global set-up of these tests: the site is built once for all files. */
import type { TestProject } from "vitest/node";
import { startDemoServer } from "../../tools/demo_server.ts";
import { madeOnce } from "../made_once.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** What answers with the site's address. */
    siteGate: string;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const site = await madeOnce(async () => {
    const { url: at, close } = await startDemoServer({ port: 0 });
    return { at, close };
  });
  project.provide("siteGate", site.gate);
  return site.close;
}
