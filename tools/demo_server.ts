/**
 * The pages, built and then served as plain files: `npm run demo [-- --port N] [--host ADDRESS]`, or for a test.
 *
 * No development server: one lets whatever page is open beside it have files read and editors opened.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildSite } from "./site/build.ts";
import { policyOf } from "./site/policy.ts";
import { type StaticServer, serveFolders } from "./static_server.ts";

export interface DemoServer {
  url: string;
  close(): Promise<void>;
}

export interface DemoServerOptions {
  /** Port to listen on; 0 takes a free one. When taken, one of the next that is free. */
  port?: number;
  host?: string;
  /** With the documentation, which takes half a minute more. Default false. */
  docs?: boolean;
}

/** Builds the page and serves it. It needs a secure context for WebGPU: this machine's own address is one. */
export async function startDemoServer(options: DemoServerOptions = {}): Promise<DemoServer> {
  const { port = 5173, host = "127.0.0.1", docs } = options;
  const folder = await mkdtemp(join(tmpdir(), "graft-demo-page-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await buildSite(folder, { docs });
    const server = await serveAt(folder, port, host);
    return { url: server.url, close: () => server.close().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Ports that are tried one after the other. */
const TRIES = 20;

async function serveAt(folder: string, port: number, host: string): Promise<StaticServer> {
  for (let tried = 0; ; tried++) {
    try {
      const headers = (path: string) => ({ "content-security-policy": policyOf(path) });
      return await serveFolders(
        { "/": folder },
        { port: port === 0 ? 0 : port + tried, host, headers },
      );
    } catch (error) {
      const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (!isTaken || port === 0 || tried >= TRIES) throw error;
    }
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: "string" }, host: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log("npm run demo -- [--port N] [--host ADDRESS]");
    return;
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65536)) {
    throw new Error(`--port is "${values.port}": use a number from 0 to 65535`);
  }
  console.log("Building the pages …");
  const server = await startDemoServer({ port, host: values.host, docs: true });
  console.log(`Graft's pages: ${server.url}\nOpen it in a browser with WebGPU. Ctrl-C ends.`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void server.close());
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error: Error) => {
    console.error(`demo: ${error.message}`);
    process.exitCode = 1;
  });
}
