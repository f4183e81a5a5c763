import { bestTime, type Probe, storageBuffer, timeSubmit } from "./shader.ts";

const WORKGROUP = 64;

/** Each thread copies `each` elements that lie one grid apart, so that neighbours read neighbours. */
function copyShader(type: "f32" | "vec4f", each: number): string {
  return `
@group(0) @binding(0) var<storage, read> x: array<${type}>;
@group(0) @binding(1) var<storage, read_write> out: array<${type}>;

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * ${WORKGROUP}u;
  for (var i = 0u; i < ${each}u; i++) {
    let at = id.x + i * stride;
    out[at] = x[at];
  }
}`;
}

/**
 * Bytes read plus bytes written per second, by kernels and by the copy command. Only what kernels reach is a ceiling for
 * kernels: a software adapter copies whole buffers much faster than its shaders can read them.
 */
export async function measureBandwidth(
  probe: Probe,
  bytes: number,
  runs: number,
): Promise<{ kernels: Record<string, number>; command: number }> {
  const kernels: Record<string, number> = {};
  for (const [type, size] of [
    ["f32", 4],
    ["vec4f", 16],
  ] as const) {
    const each = 16;
    const prepared = await probe.prepare(copyShader(type, each), [bytes, bytes]);
    const seconds = await bestTime(prepared, bytes / size / WORKGROUP / each, { runs });
    prepared.destroy();
    kernels[`copy by kernel, ${type}`] = (2 * bytes) / seconds;
  }
  return { kernels, command: (2 * bytes) / (await copyCommandTime(probe.device, bytes, runs)) };
}

async function copyCommandTime(device: GPUDevice, bytes: number, runs: number): Promise<number> {
  const [from, to] = [storageBuffer(device, bytes), storageBuffer(device, bytes)];
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= runs; i++) {
    const encoder = device.createCommandEncoder();
    for (let j = 0; j < 4; j++) encoder.copyBufferToBuffer(from, 0, to, 0, bytes);
    best = Math.min(best, (await timeSubmit(device, encoder.finish())) / 4);
  }
  from.destroy();
  to.destroy();
  return best;
}
