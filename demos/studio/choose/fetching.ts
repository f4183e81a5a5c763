import { signal } from "@preact/signals";
import { announce } from "../../shared/index.ts";
import { studio } from "../studio.ts";
import type { FetchNews, FetchProblem, PublishedName } from "../worker/messages.ts";
import { chooseWeights } from "./actions.ts";
import { text } from "./texts.ts";

/** What goes wrong before anything is fetched. */
type Refusal = { readonly kind: "offline" | "unknownName" | "needsHttps"; readonly why: string };

/** What is fetched now, with its bytes so far. */
export const fetching = signal<{ from: string; done: number; total: number } | null>(null);
export const problem = signal<FetchProblem | Refusal | null>(null);
/** The weights that can be asked for by name; empty until somebody wants to. */
export const published = signal<readonly PublishedName[]>([]);

let worker: Worker | null = null;

export async function listPublished(): Promise<void> {
  if (published.value.length > 0 || studio.problem.value) return;
  published.value = await studio.client.ask("published", null);
}

/** Fetches weights by name or address, and takes them as the network to start from. */
export async function fetchWeights(given: string): Promise<void> {
  const from = given.trim();
  cancelFetch();
  problem.value = await refusalOf(from);
  if (problem.value) return;
  fetching.value = { from, done: 0, total: 0 };
  worker = new Worker(new URL("../worker/weights_worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<FetchNews>) => hear(from, data);
  worker.onerror = ({ message }) => fail({ kind: "other", why: message });
  worker.postMessage(from);
}

/** Nothing is kept of an address; of a name, the next try goes on from there. */
export function cancelFetch(): void {
  worker?.terminate();
  worker = null;
  fetching.value = null;
}

async function refusalOf(from: string): Promise<Refusal | null> {
  const refusal = (kind: Refusal["kind"]): Refusal => ({ kind, why: from });
  if (/^https:\/\//i.test(from) || from.startsWith(`${location.origin}/`)) {
    return isAddress(from) ? null : refusal("needsHttps");
  }
  if (/^\w+:\/\//.test(from)) return refusal("needsHttps");
  await listPublished();
  return published.value.some(({ name }) => name === from) ? null : refusal("unknownName");
}

function isAddress(given: string): boolean {
  try {
    return new URL(given).pathname !== "/";
  } catch {
    return false;
  }
}

function hear(from: string, news: FetchNews): void {
  if (news.kind === "progress") fetching.value = { from, done: news.done, total: news.total };
  else if (news.kind === "problem") fail(news.problem);
  else {
    cancelFetch();
    void chooseWeights(news.files, from);
  }
}

function fail(found: FetchProblem): void {
  cancelFetch();
  const isOffline = found.kind === "unreachable" && !navigator.onLine;
  problem.value = isOffline ? { ...found, kind: "offline" } : found;
  announce(text().fetchFailed);
}
