import { expect, it } from "vitest";
import { meterDevice } from "../../bench/run/meter.ts";

class FakeBuffer {
  destroyed = 0;
  constructor(readonly size: number) {}
  destroy() {
    this.destroyed++;
  }
}

class FakePass {
  dispatched = 0;
  dispatchWorkgroups() {
    this.dispatched++;
  }
  end() {}
}

class FakeQueue {
  submitted = 0;
  submit() {
    this.submitted++;
  }
}

class FakeDevice {
  createBuffer({ size }: { size: number }) {
    return new FakeBuffer(size);
  }
  createCommandEncoder() {
    return { beginComputePass: () => new FakePass(), finish: () => ({}) };
  }
}

function fakeDevice(): GPUDevice {
  return Object.assign(Object.create(FakeDevice.prototype), { queue: new FakeQueue() });
}

it("counts buffers, dispatches and submits of every device, and passes them on", () => {
  const device = fakeDevice();
  const meter = meterDevice(device);
  meterDevice(fakeDevice()); // a second one must not count twice
  const [small, large] = [100, 1000].map((size) => device.createBuffer({ size, usage: 0 }));
  expect(meter.counts).toMatchObject({ buffers: 2, bytes: 1100, peakBytes: 1100 });
  large.destroy();
  large.destroy();
  expect(meter.counts).toMatchObject({ buffers: 1, bytes: 100, peakBytes: 1100 });
  expect([small, large]).toMatchObject([{ destroyed: 0 }, { destroyed: 2 }]);
  meter.resetPeak();
  expect(meter.counts.peakBytes).toBe(100);
  const pass = device.createCommandEncoder().beginComputePass();
  pass.dispatchWorkgroups(1);
  pass.dispatchWorkgroups(1);
  device.queue.submit([]);
  expect(meter.counts).toMatchObject({ dispatches: 2, submits: 1 });
  expect([pass, device.queue]).toMatchObject([{ dispatched: 2 }, { submitted: 1 }]);
});
