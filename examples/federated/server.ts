/** The server's side: each socket that connects is a client of `transfer.federated`. */
import type { transfer } from "webgraft";
import { type WebSocket, WebSocketServer } from "ws";
import { type Parcel, pack, unpack } from "./wire.ts";

/** A parcel may have so many bytes; whoever sends more is hung up on. */
const MOST = 64 * 2 ** 20;

/** Listens on a port, of 0 on any that is free, until so many clients are there. */
export async function listen(count: number, port = 0) {
  const server = new WebSocketServer({ host: "127.0.0.1", port, maxPayload: MOST });
  const clients = new Promise<transfer.FederatedClient[]>((resolve, reject) => {
    const found: transfer.FederatedClient[] = [];
    server.on("error", reject);
    server.on("connection", (socket) => {
      socket.on("error", () => {}); // its close is what counts
      if (found.push(clientAt(socket, `client ${found.length}`)) === count) resolve(found);
    });
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const { port: taken } = server.address() as { port: number };
  const close = () => {
    for (const socket of server.clients) socket.close();
    server.close();
  };
  return { url: `ws://127.0.0.1:${taken}`, clients, close };
}

function clientAt(socket: WebSocket, name: string): transfer.FederatedClient {
  const train = async (weights: transfer.FederatedWeights, round: number) => {
    if (socket.readyState !== socket.OPEN) throw new Error("it went away");
    const answer = answerOf(socket, round);
    socket.send(await pack({ weights, round, examples: 0 }));
    return answer;
  };
  return { name, train };
}

/** What a client sends for this round: late answers to earlier ones are passed over. */
function answerOf(socket: WebSocket, round: number): Promise<Parcel> {
  return new Promise((resolve, reject) => {
    socket.once("close", () => reject(new Error("it went away")));
    socket.on("message", (bytes: Buffer) => {
      const unpacked = unpack(new Uint8Array(bytes));
      unpacked.then((parcel) => parcel.round === round && resolve(parcel), reject);
    });
  });
}
