/** Runs the suite beside the page, which stays smooth. */
import { init } from "webgraft/core";
import {
  createEngine,
  errorText,
  type Message,
  runSuite,
  type SuiteRequest,
} from "../../bench/index.ts";

/** What Graft knows of the adapter, and chooses kernels by. */
export interface Profile {
  readonly kind: "gpu" | "processor";
  readonly subgroup: { readonly min: number; readonly max: number };
  readonly busyWorkgroups: number;
}

export type FromWorker = Message | { readonly type: "profile"; readonly profile: Profile };

const send = (message: FromWorker) => postMessage(message);

async function run(request: SuiteRequest): Promise<void> {
  const { kind, subgroup, busyWorkgroups } = (await init()).profile;
  send({ type: "profile", profile: { kind, subgroup, busyWorkgroups } });
  const requestAdapter = () => navigator.gpu.requestAdapter();
  await runSuite(
    request,
    { loadEngine: async () => createEngine, requestAdapter, assets: "" },
    send,
  );
  send({ type: "done" });
}

addEventListener("message", ({ data }: MessageEvent<SuiteRequest>) => {
  run(data).catch((error) => send({ type: "failed", text: errorText(error) }));
});
