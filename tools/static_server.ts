/** Serves folders to a browser under test, on this machine only. */
import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
};

/** URL prefixes ("/" or "/data/") with the folder that each shows. The longest match counts. */
export type Mounts = Readonly<Record<string, string>>;

type Headers = Readonly<Record<string, string>>;

export interface ServeOptions {
  /** 0 (default) takes a free one. */
  port?: number;
  /** The address to listen on. Default: this machine's own. */
  host?: string;
  /** Sent with every file, or with that of a path ("studio/", say), besides the server's own. */
  headers?: Headers | ((path: string) => Headers);
}

export interface StaticServer {
  /** "http://HOST:PORT/" */
  url: string;
  close(): Promise<void>;
}

/** The file that a URL path means, or null when it lies outside of every folder served. */
export function fileFor(mounts: Mounts, path: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  if (decoded.includes("\0")) return null;
  const prefixes = Object.keys(mounts).sort((a, b) => b.length - a.length);
  const prefix = prefixes.find((p) => decoded.startsWith(p));
  if (prefix === undefined) return null;
  const root = resolve(mounts[prefix]);
  const file = normalize(join(root, decoded.slice(prefix.length)));
  return file === root || file.startsWith(root + sep) ? file : null;
}

async function info(file: string): Promise<Stats | null> {
  return stat(file).catch(() => null);
}

async function respond(
  mounts: Mounts,
  headers: ServeOptions["headers"],
  url: string,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(url, "http://localhost");
  const path = fileFor(mounts, pathname);
  const isFolder = path !== null && (await info(path))?.isDirectory();
  const file = path !== null && isFolder ? join(path, "index.html") : path;
  const found = file === null ? null : await info(file);
  if (file === null || !found?.isFile()) {
    response.writeHead(404).end(`not found: ${url}`);
    return;
  }
  response.writeHead(200, {
    "content-type": types[extname(file).toLowerCase()] ?? "application/octet-stream",
    "content-length": found.size,
    "cache-control": "no-store",
    // Isolated pages get finer timers, which the benches need.
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    ...(typeof headers === "function" ? headers(pathname.slice(1)) : headers),
  });
  await pipeline(createReadStream(file), response);
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, host, () => {
      const address = server.address();
      done(typeof address === "object" && address ? address.port : port);
    });
  });
}

/** Starts serving. */
export async function serveFolders(
  mounts: Mounts,
  options: ServeOptions = {},
): Promise<StaticServer> {
  const { port = 0, host = "127.0.0.1", headers } = options;
  const server = createServer((request, response) => {
    respond(mounts, headers, request.url ?? "/", response).catch(() => response.destroy());
  });
  const taken = await listen(server, port, host);
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${taken}/`;
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url, close };
}
