/** A server whose answers are whole, missing, cut off, slow, of unknown length or a gzip bomb, by their path. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

export async function startServer(): Promise<{ origin: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://x");
    if (url.pathname === "/missing") response.writeHead(404).end();
    else if (url.pathname === "/short") {
      response.writeHead(200, { "content-length": "100" }).write("abc");
      setTimeout(() => response.destroy(), 20);
    } else if (url.pathname === "/slow") {
      response.writeHead(200, { "content-length": "100" }).write("abc");
    } else if (url.pathname === "/chunked") {
      response.write("x".repeat(700_000));
      response.end("y".repeat(700_000));
    } else if (url.pathname === "/bomb") {
      const bomb = gzipSync(new Uint8Array(2 ** 26));
      response.writeHead(200, { "content-encoding": "gzip", "content-length": bomb.length });
      response.end(bomb);
    } else response.end(`${decodeURIComponent(url.pathname)}|${url.search}`);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
