import { describe, expect, it } from "vitest";
import { type NodeGpuOptions, nodeGpu } from "../../src/platform/node/gpu.ts";
import { adapterChoice, testAdapter } from "../gpu_adapter.ts";

const doubler = `
@group(0) @binding(0) var<storage, read_write> values: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  values[id.x] = 2u * values[id.x] + 1u;
}`;

async function runDoubler(device: GPUDevice, count: number): Promise<Uint32Array> {
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const buffer = device.createBuffer({ size: 4 * count, usage: STORAGE | COPY_SRC | COPY_DST });
  const readback = device.createBuffer({ size: 4 * count, usage: MAP_READ | COPY_DST });
  device.queue.writeBuffer(
    buffer,
    0,
    Uint32Array.from({ length: count }, (_, i) => i),
  );
  const pipeline = await device.createComputePipelineAsync({
    layout: "auto",
    compute: { module: device.createShaderModule({ code: doubler }) },
  });
  const bindings = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer } }],
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindings);
  pass.dispatchWorkgroups(count / 64);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, readback, 0, 4 * count);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  const result = new Uint32Array(readback.getMappedRange().slice(0));
  readback.unmap();
  return result;
}

describe("nodeGpu", () => {
  it("computes on the adapter that the tests ask for", async () => {
    const adapter = await testAdapter();
    const isSwiftshader = adapter.info.architecture === "swiftshader";
    if (adapterChoice() === "swiftshader") expect(isSwiftshader).toBe(true);
    const device = await adapter.requestDevice();
    const result = await runDoubler(device, 256);
    expect([...result]).toEqual(Array.from({ length: 256 }, (_, i) => 2 * i + 1));
    device.destroy();
  });

  it("gives the same GPU each time", async () => {
    expect(await nodeGpu()).toBe(await nodeGpu());
  });

  it.runIf(process.platform === "linux" && process.arch === "x64")(
    "gives SwiftShader when asked, after the system's driver was in use",
    async () => {
      await (await nodeGpu()).requestAdapter();
      const software = await (await nodeGpu({ software: "swiftshader" })).requestAdapter();
      expect(software?.info.architecture).toBe("swiftshader");
    },
  );

  it("leaves navigator.gpu alone", async () => {
    await nodeGpu();
    expect(Reflect.get(globalThis.navigator ?? {}, "gpu")).toBeUndefined();
  });

  it("names the software adapters it knows", async () => {
    const wrong: NodeGpuOptions = JSON.parse('{"software": "warp"}');
    await expect(nodeGpu(wrong)).rejects.toThrow(
      'unknown software adapter "warp": the one there is, is "swiftshader"',
    );
  });
});
