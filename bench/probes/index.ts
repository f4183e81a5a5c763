import type { Ceiling, Size } from "../types.ts";
import { measureBandwidth } from "./bandwidth.ts";
import { measureFma } from "./fma.ts";
import { measureCompile, measureDispatch } from "./overhead.ts";
import { createProbe } from "./shader.ts";

function best(found: Readonly<Record<string, number>>): number {
  return Math.max(...Object.values(found));
}

/** Threads enough to fill the adapter: a software one has few cores, a real one thousands. */
function enoughGroups(device: GPUDevice): number {
  const { adapterInfo } = device;
  const software = /swiftshader|llvmpipe|lavapipe|cpu/i.test(
    `${adapterInfo?.architecture} ${adapterInfo?.device} ${adapterInfo?.description}`,
  );
  return software ? 256 : 16_384;
}

/** What the adapter can do at best, on a device of its own. */
export interface Ceilings {
  readonly found: Ceiling;
  /** Multiply-adds of the fastest kind, timed again: operations per second right now. */
  flopsNow(): Promise<number>;
  destroy(): void;
}

export async function measureCeilings(adapter: GPUAdapter, size: Size): Promise<Ceilings> {
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  });
  const runs = { smoke: 1, quick: 2, full: 5 }[size];
  const probe = createProbe(device);
  const fma = await measureFma(probe, enoughGroups(device), runs);
  const bandwidth = await measureBandwidth(probe, 64 * 2 ** 20, runs);
  const { dispatch, submit } = await measureDispatch(probe, runs + 1);
  const { alone, together } = await measureCompile(probe, runs + 1);
  const found = {
    flopsPerSecond: best(fma.rates),
    bytesPerSecond: best(bandwidth.kernels),
    dispatchSeconds: dispatch,
    submitSeconds: submit,
    compileSeconds: alone,
    probes: {
      ...fma.rates,
      ...bandwidth.kernels,
      "copy by copyBufferToBuffer": bandwidth.command,
      "compile one of eight at once": together,
    },
  };
  return { found, flopsNow: fma.rateNow, destroy: () => device.destroy() };
}
