/**
 * Computes away from the page, so that it never freezes. One task at a time: they share the GPU. Each task's code comes
 * when it is first asked for; what a first visit needs is to look at the network.
 */
import { init, NoWebGpuError } from "webgraft";
import { messageOf } from "../../../src/base/index.ts";
import { againIfLost } from "../../../src/train/index.ts";
import { estimate, inspect, published } from "./inspect.ts";
import type { Asked, FromWorker, News, ToWorker } from "./messages.ts";
import type { Training } from "./training.ts";

const send = (message: FromWorker) => self.postMessage(message, {});
/** null until a training is asked for. */
let training: Promise<Training> | null = null;
let last: Promise<unknown> = Promise.resolve();
/** Whether there was a GPU. */
let hasStarted = false;
/** What was asked last; a measurement gives way to whatever comes after it. */
let newest = 0;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if ("control" in data) void training?.then((held) => held.control(data.control));
  else {
    newest = data.id;
    last = last.then(() => answer(data));
  }
};

async function answer(asked: Asked): Promise<void> {
  const { id } = asked;
  try {
    send({ id, answer: await carriedThrough(asked) });
  } catch (error) {
    send({ id, error: messageOf(error), isNoWebGpu: error instanceof NoWebGpuError });
  }
}

/** A GPU that is lost, also while nobody used it, is waited for and the task done again. Training sees to that by itself. */
function carriedThrough(asked: Asked): Promise<unknown> {
  const work = () => carryOut(asked);
  return hasStarted && asked.task !== "train" ? againIfLost(work) : work();
}

function loadTraining(): Promise<Training> {
  training ??= import("./training.ts").then(
    ({ Training }) => new Training((news: News) => send({ news })),
  );
  return training;
}

async function carryOut(asked: Asked): Promise<unknown> {
  switch (asked.task) {
    case "start":
      return start();
    case "inspect":
      return inspect(asked.ask);
    case "estimate":
      return estimate(asked.ask);
    case "measure":
      return (await import("./measure.ts")).measure(asked.ask, () => newest === asked.id);
    case "published":
      return published();
    case "train":
      return (await loadTraining()).train(asked.ask);
    case "predict":
      return (await import("./predict.ts")).predict(asked.ask);
    case "explain":
      return (await import("./explain.ts")).explain(asked.ask);
    case "examples":
      return (await import("./examples.ts")).examples();
    case "takeAway":
      return (await import("./take_away.ts")).takeAway(asked.ask);
  }
}

async function start() {
  const { info } = await init();
  hasStarted = true;
  const { description, vendor, architecture } = info;
  return { adapter: description || [vendor, architecture].filter(Boolean).join(" ") || "WebGPU" };
}
