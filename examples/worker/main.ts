/** The page of a training that runs in a worker, so that the page never freezes: `npx vite examples/worker`. */
import type { FromWorker, ToWorker } from "./worker.ts";

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const send = (message: ToWorker) => worker.postMessage(message);
const status = document.querySelector("#status")!;
const stop = document.querySelector("button")!;

worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
  stop.disabled = data.type !== "step";
  if (data.type === "step") status.textContent = `step ${data.step}: loss ${data.loss.toFixed(3)}`;
  else if (data.type === "failed") status.textContent = data.why;
  else
    status.textContent = `accuracy ${(100 * data.accuracy).toFixed(1)} % after ${data.steps} steps`;
};
stop.onclick = () => send({ type: "stop" });
send({ type: "train", epochs: Number(new URLSearchParams(location.search).get("epochs") ?? 8) });
