/** A client's side, here a worker thread: its data stays with it, and what it learned of it travels. */
import "webgraft/node";
import { workerData } from "node:worker_threads";
import { data, init, optim, Trainer, transfer } from "webgraft";
import { WebSocket } from "ws";
import { digitsNetwork } from "./network.ts";
import { pack, unpack } from "./wire.ts";

const { url, part, of }: { url: string; part: number; of: number } = workerData;

await init();
const { model, transform } = await digitsNetwork();
const { train } = data.digits();
const own = Array.from({ length: train.length }, (_, i) => i).filter((i) => i % of === part);
const optimizer = new optim.Adam(model.parameters(), { lr: 2e-3 });
const trainer = new Trainer({ model, optimizer, seed: part });
const [self] = transfer.localClients(trainer, [data.subset(train, own)], {
  ...{ epochs: 2, batchSize: 16, transform },
});

const socket = new WebSocket(url);
socket.on("message", async (bytes: Buffer) => {
  const { weights, round } = await unpack(new Uint8Array(bytes));
  socket.send(await pack({ ...(await self.train(weights, round)), round }));
});
socket.on("close", () => process.exit());
