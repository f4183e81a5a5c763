/** One run of the playground as the page shows it. */
import { signal } from "@preact/signals";
import type {
  Files,
  FromWorker,
  Ranking,
  Samples,
  Settings,
  ToWorker,
  Trained,
} from "./messages.ts";

/** Settings can come with the address, for trials: "?epochs=1&perClass=2". */
const query = new URLSearchParams(location.search);
const asked = (name: keyof Settings, otherwise: number) => Number(query.get(name) ?? otherwise);

export const settings = signal<Settings>({
  perClass: asked("perClass", 10),
  epochs: asked("epochs", 15),
  sourcePerClass: asked("sourcePerClass", 100),
  sourceEpochs: asked("sourceEpochs", 8),
});
export const files = signal<Files | null>(null);
export const problem = signal<string | null>(null);
export const phase = signal<"ready" | "running" | "done" | "stopped" | "failed">("ready");
export const failure = signal("");
export const samples = signal<{ side: number; source: Samples; target: Samples } | null>(null);
/** Epochs of the source that are learned. */
export const sourceEpoch = signal(0);
/** Accuracies on the target's test pictures, from before the first epoch on. */
export const accuracies = signal<ReadonlyMap<Trained, readonly number[]>>(new Map());
export const gaps = signal<ReadonlyMap<Trained, number>>(new Map());
export const rankings = signal<ReadonlyMap<Trained, Ranking>>(new Map());

let worker: Worker | null = null;
const send = (message: ToWorker) => worker?.postMessage(message);

export function start(): void {
  worker?.terminate();
  worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => receive(data);
  worker.onerror = ({ message }) => receive({ type: "failed", why: message });
  [samples.value, sourceEpoch.value, failure.value] = [null, 0, ""];
  [accuracies.value, gaps.value, rankings.value] = [new Map(), new Map(), new Map()];
  phase.value = "running";
  send({ type: "run", settings: settings.value, files: files.value });
}

export function stop(): void {
  worker?.terminate();
  worker = null;
  phase.value = "stopped";
}

/** Asks every network that there is. @param grey values of a drawing, [side · side]. */
export const ask = (grey: Uint8Array) => send({ type: "predict", grey });

/** Files of MNIST and USPS; one that is chosen later joins the others. */
export function takeFiles(chosen: readonly File[]): void {
  if (chosen.length === 0) return;
  files.value = { ...files.value, ...Object.fromEntries(chosen.map((file) => [file.name, file])) };
}

function receive(message: FromWorker): void {
  if (message.type === "data") samples.value = message;
  else if (message.type === "source") sourceEpoch.value = message.epoch;
  else if (message.type === "accuracy") {
    const before = accuracies.value.get(message.of) ?? [];
    accuracies.value = new Map(accuracies.value).set(message.of, [...before, message.accuracy]);
  } else if (message.type === "gap") {
    gaps.value = new Map(gaps.value).set(message.of, message.gap);
  } else if (message.type === "ranking") {
    rankings.value = new Map(rankings.value).set(message.of, message.ranking);
  } else if (message.type === "failed") [phase.value, failure.value] = ["failed", message.why];
  else phase.value = "done";
}
