/** Trains away from the page, and tells it how it goes. */
import { data, init, loadNetwork, optim, Trainer, transfer } from "webgraft";

export type ToWorker = { type: "train"; epochs: number } | { type: "stop" };
export type FromWorker =
  | { type: "step"; step: number; loss: number }
  | { type: "done"; steps: number; accuracy: number }
  | { type: "failed"; why: string };

// Vite and webpack put the file beside the page.
const letters = new URL("webgraft/assets/letters.safetensors", import.meta.url);
const stop = new AbortController();
const send = (message: FromWorker) => self.postMessage(message);

self.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
  if (message.type === "stop") stop.abort();
  else train(message.epochs).catch((error) => send({ type: "failed", why: `${error}` }));
};

async function train(epochs: number): Promise<void> {
  await init();
  const { model, transform } = await loadNetwork(letters);
  const { train, test } = data.digits();
  transfer.replaceHead(model, train.classes.length);
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const trainer = new Trainer({ model, optimizer });
  const { signal } = stop;
  for await (const event of trainer.fit(train, { epochs, batchSize: 16, transform, signal })) {
    if (event.type === "step") send({ type: "step", step: event.step, loss: event.loss });
  }
  const { accuracy } = await trainer.evaluate(test, { transform });
  send({ type: "done", steps: trainer.position.step, accuracy });
}
