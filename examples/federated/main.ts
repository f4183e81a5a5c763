/**
 * Federated training over WebSocket: three clients, each with a third of the pictures, teach one network to tell digits. Here they
 * are worker threads of one machine (`node examples/federated/main.ts`); `server.ts` and `client.ts` know nothing of that.
 */
import "webgraft/node";
import { Worker } from "node:worker_threads";
import { data, evaluate, init, transfer } from "webgraft";
import { digitsNetwork } from "./network.ts";
import { listen } from "./server.ts";

const CLIENTS = 3;

await init();
const { model, transform } = await digitsNetwork();
const server = await listen(CLIENTS);
const workers = Array.from({ length: CLIENTS }, (_, part) => {
  const workerData = { url: server.url, part, of: CLIENTS };
  return new Worker(new URL("./client.ts", import.meta.url), { workerData });
});
const failed = new Promise<never>((_, reject) => {
  for (const worker of workers) worker.on("error", reject);
});
const clients = await Promise.race([server.clients, failed]);

const { test } = data.digits();
for await (const { round, counted, refused } of transfer.federated({
  ...{ model, clients, rounds: 4, maxNorm: 50, timeout: 120 },
})) {
  const { accuracy } = await evaluate(model, test, { transform });
  const missing = refused.map(({ client, why }) => `, without ${client}: ${why}`).join("");
  console.log(`round ${round + 1}, ${counted.length} clients${missing}`);
  console.log(`accuracy ${(100 * accuracy).toFixed(1)} %`);
}
server.close();
await Promise.all(workers.map((worker) => worker.terminate()));
process.exit();
