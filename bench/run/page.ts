/** The page in which the suite runs: bundled by chromium.ts, which calls `runInPage` and hears `benchMessage`. */
import type { CreateEngine } from "../engines/engine.ts";
import { createEngine } from "../engines/graft.ts";
import { errorText, type Message, type SuiteRequest } from "./messages.ts";
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

globalThis.runInPage = async (request) => {
  const send = (message: Message) => void globalThis.benchMessage(message);
  try {
    const requestAdapter = () => navigator.gpu.requestAdapter();
    const assets = new URL("assets/", location.href).href;
    await runSuite(request, { loadEngine, requestAdapter, assets }, send);
    send({ type: "done" });
  } catch (error) {
    send({ type: "failed", text: errorText(error) });
  }
};
