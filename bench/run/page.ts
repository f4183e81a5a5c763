/** The page in which the suite runs: bundled by chromium.ts, which calls `runInPage` and hears `benchMessage`. */
import type { CreateEngine } from "../engines/engine.ts";
import { createEngine } from "../engines/graft.ts";
import type { Message, SuiteRequest } from "./messages.ts";
import { runSuite } from "./suite.ts";

declare global {
  /** Given by chromium.ts. */
  function benchMessage(message: Message): Promise<void>;
  function runInPage(request: SuiteRequest): Promise<void>;
}

/** Peers are bundles of their own: the page never waits for one that isn't asked for. */
async function loadEngine(name: string): Promise<CreateEngine> {
  if (name === "graft") return createEngine;
  const module = await import(new URL(`${name}.js`, location.href).href);
  return module.createEngine;
}

globalThis.runInPage = (request) =>
  runSuite(
    request,
    { loadEngine, requestAdapter: () => navigator.gpu.requestAdapter() },
    (message) => void globalThis.benchMessage(message),
  );
