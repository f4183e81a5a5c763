/** Runs the suite at one place: sessions, engines, rows, and what to do when something goes wrong. */
import { readFile } from "node:fs/promises";
import type { BenchOptions } from "../options.ts";
import { peerVersion } from "../peers/install.ts";
import { peers } from "../peers/list.ts";
import type { Adapter, Ceiling, EngineInfo, EngineResult, Place, Row, Run } from "../types.ts";
import { workloads } from "../workloads/index.ts";
import type { Workload } from "../workloads/workload.ts";
import { describeMachine, sourceCommit } from "./machine.ts";
import { errorText, type Message, type Session, type SuiteRequest } from "./messages.ts";
import { openNode } from "./node.ts";
import type { Progress } from "./progress.ts";

export interface HostOptions extends BenchOptions {
  readonly place: Place;
  readonly engines: readonly string[];
  /** Raised by Ctrl-C: what is there is kept. */
  readonly signal: AbortSignal;
}

/** Opens sessions at one place. */
interface Opener {
  readonly browser?: string;
  /** @param cold with nothing compiled before, as for a first visit. */
  open(cold: boolean): Promise<Session>;
  close(): Promise<void>;
}

async function opener({ place, adapter, engines }: HostOptions): Promise<Opener> {
  if (place === "node") return { open: (cold) => openNode(adapter, cold), close: async () => {} };
  // Only here: a machine that runs the suite in Node needs neither a browser nor a bundler.
  const { chromiumVersion, openChromium, servePage } = await import("./chromium.ts");
  const page = await servePage(engines);
  const chromium = { adapter, leaveInterrupts: true };
  const browser = await chromiumVersion(chromium);
  return { browser, open: () => openChromium(page, chromium), close: () => page.close() };
}

/** The workloads that were asked for. */
export function chosenWorkloads({ size, rows }: Pick<BenchOptions, "size" | "rows">): Workload[] {
  return workloads(size).filter(({ id }) => rows?.test(id) ?? true);
}

async function engineInfo(name: string): Promise<EngineInfo> {
  // A bundle that can't be built costs one number, not the run.
  const size = await import("./download_size.ts")
    .then(({ downloadSize }) => downloadSize(name))
    .catch(() => undefined);
  if (name !== "graft") {
    return { label: peers[name].label, version: await peerVersion(name), ...size };
  }
  const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(manifest) as { version: string };
  return { label: "Graft", version, ...size };
}

/** What has come in so far. */
class Findings {
  adapter: Adapter | null = null;
  ceiling: Ceiling | null = null;
  readonly rows: Row[] = [];
  readonly problems: string[] = [];

  constructor(private readonly progress: Progress) {}

  /** Keeps a message; rows go to `onRow`. */
  readonly receive = (message: Message, onRow = this.addRow): void => {
    if (message.type === "say") this.progress.say(message.text, message.id);
    else if (message.type === "adapter") this.adapter = message.adapter;
    else if (message.type === "ceiling") this.ceiling = message.ceiling;
    else if (message.type === "problem") this.addProblem(message.text);
    else if (message.type === "row") onRow(message.row);
  };

  readonly addRow = (row: Row): void => {
    this.rows.push(row);
    this.progress.finish(row);
  };

  addProblem(text: string): void {
    this.problems.push(text);
    this.progress.line(`! ${text}`);
  }
}

/** Runs one request in a session of its own; ends it when the signal is raised. */
async function inSession(
  { open }: Opener,
  signal: AbortSignal,
  request: SuiteRequest,
  receive: (message: Message) => void,
  cold = false,
): Promise<void> {
  if (signal.aborted) return;
  const session = await open(cold);
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  try {
    await Promise.race([session.run(request, receive), aborted]);
  } finally {
    await session.close();
  }
}

/** A workload that gets a new browser or process for each engine. */
async function runFresh(
  workload: Workload,
  { engines, size, signal }: HostOptions,
  place: Opener,
  findings: Findings,
): Promise<void> {
  const results: EngineResult[] = [];
  const taking = engines.filter((name) => workload.engines?.includes(name) ?? true);
  for (const engine of taking) {
    if (signal.aborted) return;
    const rows = [workload.id];
    const request = { size, rows, engines: [engine], probes: false, secondsLeft: null };
    try {
      const keep = (row: Row) => void results.push(...row.results);
      const receive = (message: Message) => findings.receive(message, keep);
      await inSession(place, signal, request, receive, true);
    } catch (error) {
      results.push({ engine, error: errorText(error) });
    }
  }
  const { id, group, title } = workload;
  if (results.length > 0) findings.addRow({ id, group, title, results });
}

/** All chosen workloads, the shared session first. @throws Error only when nothing could be started. */
export async function runPlace(options: HostOptions, progress: Progress): Promise<Run> {
  const { size, seconds, signal, engines, place } = options;
  const begun = performance.now();
  const spent = () => (performance.now() - begun) / 1000;
  const chosen = chosenWorkloads(options);
  const findings = new Findings(progress);
  const from = await opener(options);
  try {
    const rows = chosen.filter(({ fresh }) => !fresh).map(({ id }) => id);
    const secondsLeft = seconds === null ? null : seconds - spent();
    try {
      const request = { size, rows, engines, probes: true, secondsLeft };
      await inSession(from, signal, request, findings.receive);
    } catch (error) {
      findings.addProblem(`the run ended early: ${errorText(error)}`);
    }
    for (const workload of chosen.filter(({ fresh }) => fresh)) {
      if (seconds !== null && spent() > seconds) {
        findings.addProblem(`out of time, not run: ${workload.id}`);
      } else await runFresh(workload, options, from, findings);
    }
  } finally {
    await from.close();
  }
  if (!findings.adapter) throw new Error(findings.problems.join("; ") || "stopped at once");
  const infos = engines.map(async (name) => [name, await engineInfo(name)] as const);
  return {
    place,
    date: new Date().toISOString(),
    commit: sourceCommit(),
    size,
    complete: options.rows === null && findings.rows.length === chosen.length,
    seconds: spent(),
    machine: describeMachine(from.browser),
    adapter: findings.adapter,
    engines: Object.fromEntries(await Promise.all(infos)),
    ceiling: findings.ceiling,
    rows: findings.rows,
    problems: findings.problems,
  };
}
