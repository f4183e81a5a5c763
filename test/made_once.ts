/** What takes long to make and serves several test files: one of Vitest's global set-ups makes it, when the first file asks. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What was made. */
export interface Made {
  /** Its address or folder. */
  readonly at: string;
  close(): Promise<void>;
}

/** @returns the address by which test files ask for it ({@link ask}), and what removes it at the end. */
export async function madeOnce(
  make: () => Promise<Made>,
): Promise<{ gate: string; close(): Promise<void> }> {
  let made: Promise<Made> | null = null;
  const server = createServer((_, response) => {
    made ??= make();
    made.then(
      ({ at }) => response.end(at),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.close();
    await (await made?.catch(() => null))?.close();
  };
  return { gate: `http://127.0.0.1:${port}`, close };
}

/** @returns where it is. @throws Error with what went wrong in making it. */
export async function ask(gate: string): Promise<string> {
  const answer = await fetch(gate);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}
