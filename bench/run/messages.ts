import type { Adapter, Ceiling, Row, Size } from "../types.ts";

/** What a page or a child process is asked to do. Travels as JSON. */
export interface SuiteRequest {
  readonly size: Size;
  /** Ids of the workloads to run, in order. */
  readonly rows: readonly string[];
  /** "graft" first. */
  readonly engines: readonly string[];
  readonly probes: boolean;
  /** No work is begun after this many seconds. */
  readonly secondsLeft: number | null;
}

/** What it tells meanwhile. */
export type Message =
  | { readonly type: "adapter"; readonly adapter: Adapter }
  | { readonly type: "ceiling"; readonly ceiling: Ceiling }
  | { readonly type: "row"; readonly row: Row }
  /** `id` of the workload under way, if any. */
  | { readonly type: "say"; readonly text: string; readonly id?: string }
  | { readonly type: "problem"; readonly text: string }
  /** Nothing more comes. */
  | { readonly type: "failed"; readonly text: string }
  | { readonly type: "done" };

export type Send = (message: Message) => void;

/** A browser or a process in which suites can be run, one after the other. */
export interface Session {
  run(request: SuiteRequest, receive: (message: Message) => void): Promise<void>;
  close(): Promise<void>;
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
