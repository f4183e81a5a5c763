/** Trains away from the page, so that it never freezes. */
import { init, NoWebGpuError } from "webgraft";
import { messageOf } from "../../src/base/index.ts";
import { digits } from "../../src/data/index.ts";
import type { FromWorker, Settings, ToWorker } from "./messages.ts";
import { pictureOf } from "./pictures.ts";
import { train } from "./training.ts";

const send = (message: FromWorker) => self.postMessage(message, {});
let running: AbortController | null = null;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "stop") running?.abort();
  else if (data.type === "prepare") showTask(data.perClass);
  else void run(data.settings);
};

void start();

async function start(): Promise<void> {
  try {
    const { info } = await init();
    const adapter = info.description || [info.vendor, info.architecture].filter(Boolean).join(" ");
    send({ type: "ready", adapter: adapter || "WebGPU" });
  } catch (error) {
    const message = messageOf(error);
    const type = error instanceof NoWebGpuError ? "unsupported" : "failed";
    send({ type, message });
  }
}

function showTask(perClass: number): void {
  const { train } = digits({ perClass });
  const count = Math.min(60, train.length);
  const pictures = Array.from({ length: count }, (_, i) => pictureOf(train.get(i), train.classes));
  send({ type: "pictures", pictures });
}

async function run(settings: Settings): Promise<void> {
  running = new AbortController();
  const { signal } = running;
  try {
    const weights = await train(settings, signal, send);
    send({ type: "finished", stopped: signal.aborted, weights });
  } catch (error) {
    send({ type: "failed", message: messageOf(error) });
  } finally {
    running = null;
  }
}
