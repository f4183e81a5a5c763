/** Computes away from the page, so that it never freezes. One task at a time: they share the GPU. */
import { init, NoWebGpuError } from "webgraft";
import { messageOf } from "../../../src/base/index.ts";
import { examples } from "./examples.ts";
import { explain } from "./explain.ts";
import { estimate, inspect } from "./inspect.ts";
import type { Asked, FromWorker, News, ToWorker } from "./messages.ts";
import { predict } from "./predict.ts";
import { takeAway } from "./take_away.ts";
import { Training } from "./training.ts";

const send = (message: FromWorker) => self.postMessage(message, {});
const training = new Training((news: News) => send({ news }));
let last: Promise<unknown> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if ("control" in data) training.control(data.control);
  else last = last.then(() => answer(data));
};

async function answer(asked: Asked): Promise<void> {
  const { id } = asked;
  try {
    send({ id, answer: await carryOut(asked) });
  } catch (error) {
    send({ id, error: messageOf(error), isNoWebGpu: error instanceof NoWebGpuError });
  }
}

function carryOut(asked: Asked): Promise<unknown> {
  switch (asked.task) {
    case "start":
      return start();
    case "inspect":
      return inspect(asked.ask);
    case "estimate":
      return estimate(asked.ask);
    case "train":
      return training.train(asked.ask);
    case "predict":
      return predict(asked.ask);
    case "explain":
      return explain(asked.ask);
    case "examples":
      return examples();
    case "takeAway":
      return takeAway(asked.ask);
  }
}

async function start() {
  const { info } = await init();
  const { description, vendor, architecture } = info;
  return { adapter: description || [vendor, architecture].filter(Boolean).join(" ") || "WebGPU" };
}
