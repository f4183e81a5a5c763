/** Where there is no disk, a store keeps the state of a run, which is gone on with as if nothing had been. */
import { expect, it } from "vitest";
import { finetune } from "../../src/finetune/index.ts";
import { builtin, last, quick, run, runInFolder } from "./short_runs.ts";

runInFolder();

function memory() {
  let kept: Uint8Array | null = null;
  return {
    read: async () => kept,
    write: async (bytes: Uint8Array) => {
      kept = bytes.slice();
    },
  };
}

it("keeps a run that was stopped, and the same run goes on from there", async () => {
  const settings = { epochs: 2, checkpointEvery: 0, perClass: 2 };
  const whole = await run(settings);
  const store = memory();
  const stop = new AbortController();
  const task = finetune({ ...quick, ...settings }, { builtin, store, signal: stop.signal });
  for await (const event of task) if (event.type === "epoch") stop.abort();
  const stopped = await task;
  expect(stopped).toMatchObject({ complete: false, checkpoint: null, files: null });
  expect(stopped.model).not.toBeNull();
  expect(await store.read()).not.toBeNull();
  const rest = await run(settings, { store });
  expect(rest.result.complete).toBe(true);
  const firstStep = rest.events.find(({ type }) => type === "step");
  expect(firstStep).toMatchObject({ epoch: 1 });
  const lossOf = ({ events }: typeof whole) => last(events, "epoch")?.validation?.loss;
  expect(lossOf(rest)).toBeCloseTo(lossOf(whole)!, 6);
  expect(rest.result.evaluation?.accuracy).toBe(whole.result.evaluation?.accuracy);
});
