/** One run of the suite as the page shows it. */
import { computed, signal } from "@preact/signals";
import { type Adapter, type Ceiling, type Row, type Size, workloads } from "../../bench/index.ts";
import type { FromWorker, Profile } from "./worker.ts";

/** Limits that say what fits, as the adapter has them. */
export const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
] as const;
export type LimitName = (typeof LIMITS)[number];

export const problem = signal<string | null>(null);
export const adapter = signal<Adapter | null>(null);
export const limits = signal<Readonly<Record<LimitName, number>> | null>(null);
export const profile = signal<Profile | null>(null);
export const ceiling = signal<Ceiling | null>(null);
export const rows = signal<readonly Row[]>([]);
/** "ready" before the first run. */
export const phase = signal<"ready" | "running" | "done" | "stopped" | "failed">("ready");
export const failure = signal("");
/** Titles of what is under way. */
export const current = signal("");

/** "?size=smoke": so small that times mean nothing, to see that everything runs. */
export const size: Size =
  new URLSearchParams(location.search).get("size") === "smoke" ? "smoke" : "quick";

/** What a visitor's browser can run: no row needs a process of its own, files or minutes. */
const GROUPS: readonly string[] = ["matmul", "conv", "training", "scaling", "step"];
export const planned = workloads(size).filter(({ group }) => GROUPS.includes(group));
export const share = computed(() => rows.value.length / planned.length);

let worker: Worker | null = null;
let begun = 0;
const took = signal(0);

/** Asks the adapter what it is, without running anything. */
export async function lookAtAdapter(): Promise<void> {
  const found = await navigator.gpu.requestAdapter();
  if (!found) return;
  const { vendor, architecture, device, description } = found.info;
  adapter.value = {
    vendor,
    architecture,
    device,
    description,
    features: [...found.features].sort(),
  };
  const own = LIMITS.map((name) => [name, found.limits[name]] as const);
  limits.value = Object.fromEntries(own) as Record<LimitName, number>;
}

export function start(): void {
  [ceiling.value, rows.value, failure.value, current.value] = [null, [], "", ""];
  phase.value = "running";
  begun = performance.now();
  worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => receive(data);
  worker.onerror = ({ message }) => end("failed", message);
  const ids = planned.map(({ id }) => id);
  worker.postMessage({ size, rows: ids, engines: ["graft"], probes: true, secondsLeft: null });
}

export function stop(): void {
  if (phase.value === "running") end("stopped");
}

function end(how: "done" | "stopped" | "failed", why = ""): void {
  worker?.terminate();
  worker = null;
  took.value = (performance.now() - begun) / 1000;
  [phase.value, failure.value, current.value] = [how, why, ""];
}

function receive(message: FromWorker): void {
  if (message.type === "profile") profile.value = message.profile;
  else if (message.type === "ceiling") ceiling.value = message.ceiling;
  else if (message.type === "row") rows.value = [...rows.value, message.row];
  else if (message.type === "say")
    current.value = planned.find(({ id }) => id === message.id)?.title ?? "";
  else if (message.type === "done") end("done");
  else if (message.type === "failed") end("failed", message.text);
}

/** The run in the form of the bench's own files, with what a page knows of its machine. */
export function runAsFile() {
  return {
    date: new Date().toISOString(),
    size,
    complete: phase.value === "done",
    seconds: took.value,
    browser: navigator.userAgent,
    adapter: adapter.value,
    limits: limits.value,
    profile: profile.value,
    ceiling: ceiling.value,
    rows: rows.value,
    problems: failure.value ? [failure.value] : [],
  };
}
