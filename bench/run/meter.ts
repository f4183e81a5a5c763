import type { Meter, MeterCounts } from "../workloads/workload.ts";

type Prototype = object;

/** Prototypes that count already: all devices of a page share them. */
const counting = new WeakSet<Prototype>();
const sizes = new WeakMap<GPUBuffer, number>();
const counts: MeterCounts = { buffers: 0, bytes: 0, peakBytes: 0, dispatches: 0, submits: 0 };

function once(prototype: Prototype, install: () => void): void {
  if (counting.has(prototype)) return;
  counting.add(prototype);
  install();
}

function created(buffer: GPUBuffer): void {
  once(Object.getPrototypeOf(buffer), () => countDestroys(Object.getPrototypeOf(buffer)));
  sizes.set(buffer, buffer.size);
  counts.buffers++;
  counts.bytes += buffer.size;
  counts.peakBytes = Math.max(counts.peakBytes, counts.bytes);
}

function countDestroys(prototype: GPUBuffer): void {
  const { destroy } = prototype;
  prototype.destroy = function (this: GPUBuffer) {
    const size = sizes.get(this);
    if (size !== undefined) {
      sizes.delete(this);
      counts.buffers--;
      counts.bytes -= size;
    }
    return destroy.call(this);
  };
}

function countDispatches(prototype: GPUComputePassEncoder): void {
  const { dispatchWorkgroups } = prototype;
  prototype.dispatchWorkgroups = function (this: GPUComputePassEncoder, ...args) {
    counts.dispatches++;
    return dispatchWorkgroups.apply(this, args);
  };
}

function countBuffers(prototype: GPUDevice): void {
  const { createBuffer } = prototype;
  prototype.createBuffer = function (this: GPUDevice, descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    created(buffer);
    return buffer;
  };
}

function countSubmits(prototype: GPUQueue): void {
  const { submit } = prototype;
  prototype.submit = function (this: GPUQueue, commands) {
    counts.submits++;
    return submit.call(this, commands);
  };
}

/** The class of compute passes is only reachable through one of them. */
function passPrototype(device: GPUDevice): GPUComputePassEncoder {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.end();
  encoder.finish();
  return Object.getPrototypeOf(pass);
}

/**
 * Counts buffers, dispatches and submits from here on, of every device in this page or process: what WebGPU is asked
 * for, the same for every library. A buffer that a library drops without `destroy()` counts as held.
 */
export function meterDevice(device: GPUDevice): Meter {
  const prototype: GPUDevice = Object.getPrototypeOf(device);
  once(prototype, () => {
    countDispatches(passPrototype(device));
    countBuffers(prototype);
    countSubmits(Object.getPrototypeOf(device.queue));
  });
  return {
    counts,
    resetPeak() {
      counts.peakBytes = counts.bytes;
    },
  };
}
