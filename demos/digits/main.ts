import { StepChart } from "./charts.ts";
import type { Pictures } from "./folder.ts";
import type { FromWorker, Phase, Settings, ToWorker } from "./messages.ts";
import { setUpPictures } from "./own_pictures.ts";
import { element, input } from "./page.ts";
import { percent, showConfusion, showPictures, showSamples } from "./views.ts";

const start = element("start", HTMLButtonElement);
const stop = element("stop", HTMLButtonElement);
const status = element("status", HTMLElement);
const progress = element("progress", HTMLProgressElement);
const scores: Record<Phase | "before", HTMLElement> = {
  before: element("score-before", HTMLElement),
  "from scratch": element("score-scratch", HTMLElement),
  "fine-tuned": element("score-tuned", HTMLElement),
};
const charts = {
  loss: new StepChart(element("loss-chart", HTMLElement), "Loss", (v) => v.toFixed(2), [0, null]),
  accuracy: new StepChart(
    element("accuracy-chart", HTMLElement),
    "Accuracy on the batch",
    (v) => `${Math.round(100 * v)} %`,
    [0, 1],
  ),
};

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const send = (message: ToWorker) => worker.postMessage(message);
let pictures: Pictures | null = null;
let ready = false;
let running = false;

/** Settings can come with the address: "?perClass=4&epochs=2&compare=0". */
const query = new URLSearchParams(location.search);
const testPerClass = Number(query.get("testPerClass") ?? 20);

function setUp(): void {
  const presets: [string, string][] = [
    ["per-class", "perClass"],
    ["epochs", "epochs"],
  ];
  for (const [id, name] of presets) {
    const value = query.get(name);
    const control = input(id);
    const shown = control.nextElementSibling;
    const show = () => {
      if (shown) shown.textContent = control.value;
    };
    if (value !== null) control.min = String(Math.min(Number(control.min), Number(value)));
    if (value !== null) control.value = value;
    control.addEventListener("input", show);
    show();
  }
  if (query.get("compare") === "0") input("compare").checked = false;
  input("per-class").addEventListener("change", prepare);
  for (const choice of document.querySelectorAll('input[name="task"]')) {
    choice.addEventListener("change", () => {
      element("own", HTMLElement).hidden = task() !== "own";
      element("per-class-row", HTMLElement).hidden = task() === "own";
      refresh();
      if (task() === "digits") prepare();
    });
  }
  start.addEventListener("click", begin);
  stop.addEventListener("click", () => {
    send({ type: "stop" });
    stop.disabled = true;
    status.textContent = "Stopping after this step …";
  });
  setUpPictures((taken) => {
    pictures = taken;
    refresh();
  });
}

function task(): string {
  return document.querySelector<HTMLInputElement>('input[name="task"]:checked')?.value ?? "digits";
}

function prepare(): void {
  send({ type: "prepare", perClass: Number(input("per-class").value) });
}

function refresh(): void {
  start.disabled = !ready || running || (task() === "own" && !pictures);
  stop.disabled = !running;
}

function begin(): void {
  const settings: Settings = {
    perClass: Number(input("per-class").value),
    testPerClass,
    epochs: Number(input("epochs").value),
    train: element("train", HTMLSelectElement).value === "head" ? "head" : "all",
    compare: input("compare").checked,
    pictures: task() === "own" ? pictures : null,
  };
  running = true;
  refresh();
  notice(null);
  progress.value = 0;
  element("result", HTMLElement).hidden = true;
  for (const score of Object.values(scores)) score.textContent = "–";
  charts.loss.clear();
  charts.accuracy.clear();
  send({ type: "start", settings });
}

function notice(text: string | null): void {
  const shown = element("notice", HTMLElement);
  shown.hidden = text === null;
  shown.textContent = text;
}

function welcome(adapter: string): void {
  element("adapter", HTMLElement).textContent = adapter;
  status.textContent = "Ready.";
  ready = true;
  refresh();
}

function refuse(why: string): void {
  element("adapter", HTMLElement).textContent = "no WebGPU";
  notice(`This page needs WebGPU: ${why}`);
  finish("Can't train here.");
}

function finish(text: string): void {
  running = false;
  status.textContent = text;
  refresh();
}

worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
  switch (data.type) {
    case "ready":
      welcome(data.adapter);
      break;
    case "unsupported":
      refuse(data.message);
      break;
    case "pictures":
      showPictures(element("thumbnails", HTMLElement), data.pictures);
      break;
    case "status":
      status.textContent = data.text;
      break;
    case "notice":
      notice(data.text);
      break;
    case "step":
      showStep(data);
      break;
    case "before":
      scores.before.textContent = percent(data.accuracy);
      break;
    case "scores":
      showScores(data);
      break;
    case "finished":
      offer(data.weights);
      finish(data.stopped ? "Stopped. What it learned so far is below." : "Done.");
      break;
    case "failed":
      notice(data.message);
      finish("That failed.");
  }
};

worker.onerror = ({ message }) => {
  notice(`The training could not be started: ${message}`);
  finish("That failed.");
};

function showStep(event: Extract<FromWorker, { type: "step" }>): void {
  const { phase, step, steps, loss, accuracy, imagesPerSecond, secondsLeft } = event;
  charts.loss.add(phase, loss);
  charts.accuracy.add(phase, accuracy);
  progress.value = step / steps;
  const name = phase === "fine-tuned" ? "Fine-tuning" : "From scratch";
  const speed = imagesPerSecond > 0 ? `, ${Math.round(imagesPerSecond)} images/s` : "";
  const left = Number.isFinite(secondsLeft) ? `, ${Math.ceil(secondsLeft)} s left` : "";
  status.textContent = `${name}: step ${step} of ${steps}, loss ${loss.toFixed(3)}${speed}${left}`;
}

function showScores(event: Extract<FromWorker, { type: "scores" }>): void {
  scores[event.phase].textContent = percent(event.scores.accuracy);
  if (event.phase !== "fine-tuned") return;
  showConfusion(element("confusion", HTMLElement), event.scores);
  showSamples(element("samples", HTMLElement), event.samples);
}

function offer(weights: Uint8Array | null): void {
  if (!weights) return;
  const link = document.createElement("a");
  Object.assign(link, {
    className: "button",
    textContent: "Download the network",
    download: "graft-model.safetensors",
    href: URL.createObjectURL(new Blob([new Uint8Array(weights)])),
  });
  element("download", HTMLElement).replaceChildren(link);
  element("result", HTMLElement).hidden = false;
}

setUp();
prepare();
