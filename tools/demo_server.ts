/**
 * The demo pages on a Vite development server: `npm run demo [-- --port N --host ADDRESS]`, or for a test.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createServer } from "vite";
import { sourceAliases } from "./entries.mjs";
import { wgslPlugin } from "./wgsl_plugin.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));

export interface DemoServer {
  url: string;
  close(): Promise<void>;
}

export interface DemoServerOptions {
  /** Port to listen on; 0 takes a free one. When taken, the next free one. */
  port?: number;
  host?: string;
}

/** Start the server. The page needs a secure context for WebGPU: this machine's own address is one. */
export async function startDemoServer(options: DemoServerOptions = {}): Promise<DemoServer> {
  const { port = 5173, host = "127.0.0.1" } = options;
  const server = await createServer({
    configFile: false,
    root: `${repository}demos`,
    logLevel: "warn",
    plugins: [wgslPlugin()],
    resolve: { alias: sourceAliases(repository) },
    worker: { format: "es", plugins: () => [wgslPlugin()] },
    // An edited file must not reload the page in the middle of a training either.
    server: { port, host, fs: { allow: [repository] }, hmr: false, watch: null },
    // Found later, they would reload the page in the middle of a training.
    optimizeDeps: { include: ["fflate"] },
  });
  await server.listen();
  const url = server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0];
  if (!url) throw new Error(`the demo server has no address on host ${host}`);
  return { url, close: () => server.close() };
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
  const { url } = await startDemoServer({ port, host: values.host });
  console.log(`Graft's demo: ${url}\nOpen it in a browser with WebGPU. Ctrl-C ends.`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error: Error) => {
    console.error(`demo: ${error.message}`);
    process.exitCode = 1;
  });
}
