// A task is begun after the GPU was lost while nothing ran, and the browser has no adapter for a while.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startDevice } from "../../src/finetune/device.ts";
import type { AdapterEvent, WarningEvent } from "../../src/finetune/events.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { init, tensor } from "../../src/index.ts";
import { platform } from "../../src/platform/index.ts";

beforeEach(async () => {
  await init();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What `startDevice` tells, where the first `times` requests for an adapter get none. */
async function startWithout(times: number) {
  const gpu = (await platform().gpu())!;
  let asked = 0;
  const scarce = { requestAdapter: async () => (asked++ < times ? null : gpu.requestAdapter()) };
  vi.spyOn(platform(), "gpu").mockImplementation(async () =>
    Object.assign(Object.create(gpu), scarce),
  );
  const told: (AdapterEvent | WarningEvent)[] = [];
  const device = await startDevice(undefined, async (event) => void told.push(event));
  return { device, told };
}

it("a device that was lost while idle is replaced, and waited for where there is none yet", async () => {
  const old = currentDevice();
  old.gpu.destroy();
  await old.lost;
  const { device, told } = await startWithout(2);
  expect(device).not.toBe(old);
  expect(currentDevice()).toBe(device);
  expect(await tensor([1, 2]).sum().item()).toBe(3);
  expect(told.map(({ type }) => type)).toEqual(["warning", "adapter"]);
  expect(told[0]).toMatchObject({ message: expect.stringMatching(/GPU went away; waiting/) });
});

it("one that is well is taken as it is", async () => {
  const device = currentDevice();
  const { device: taken, told } = await startWithout(9);
  expect(taken).toBe(device);
  expect(told.map(({ type }) => type)).toEqual(["adapter"]);
});
