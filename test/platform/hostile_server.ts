import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface TestServer {
  readonly url: string;
  /** Every request's Range header, in order; null where it had none. */
  readonly ranges: (string | null)[];
  close(): Promise<void>;
}

export async function startServer(handler: Handler): Promise<TestServer> {
  const ranges: (string | null)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? null);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, ranges, close };
}

/** Bytes that differ everywhere, so that a shifted half would be noticed. */
export function someBytes(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 16;
  });
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export interface ServeOptions {
  /** Cuts the connection after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Milliseconds that these bytes have to arrive. */
  readonly cutDelay?: number;
  readonly etag?: string;
  /** false: always sends everything. */
  readonly ranges?: boolean;
  /** false: sends in chunks of unknown number. */
  readonly length?: boolean;
}

/** Answers with a file as a good server does, apart from what the options spoil. */
export function serve(
  { headers }: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  { cutAfter, cutDelay = 500, etag, ranges = true, length = true }: ServeOptions = {},
): void {
  const asked = /^bytes=(\d+)-$/.exec(headers.range ?? "");
  const same = headers["if-range"] === undefined || headers["if-range"] === etag;
  const start = asked && ranges && same ? Number(asked[1]) : 0;
  if (start >= bytes.length && start > 0) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  const body = bytes.subarray(start);
  if (etag) response.setHeader("etag", etag);
  if (length) response.setHeader("content-length", body.length);
  if (start > 0) {
    response.setHeader("content-range", `bytes ${start}-${bytes.length - 1}/${bytes.length}`);
  }
  response.writeHead(start > 0 ? 206 : 200);
  if (cutAfter === undefined) response.end(body);
  else {
    response.write(body.subarray(0, cutAfter));
    // What arrives together with the cut is lost to the reader.
    setTimeout(() => response.destroy(), cutDelay);
  }
}
