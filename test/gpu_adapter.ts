import { nodeGpu } from "../src/platform/node/index.ts";

export type AdapterChoice = "system" | "swiftshader";

/** GRAFT_ADAPTER=swiftshader runs the tests on the software adapter although the machine has a driver. */
export function adapterChoice(): AdapterChoice {
  const name = process.env.GRAFT_ADAPTER ?? "system";
  if (name !== "system" && name !== "swiftshader") {
    throw new Error(`GRAFT_ADAPTER is "${name}": use "system" or "swiftshader"`);
  }
  return name;
}

/** GRAFT_PROFILE=gpu runs the tests with the kernels for GPUs, whatever the adapter is. */
export function profileChoice(): "adapter" | "gpu" {
  const name = process.env.GRAFT_PROFILE ?? "adapter";
  if (name !== "adapter" && name !== "gpu") {
    throw new Error(`GRAFT_PROFILE is "${name}": use "adapter" or "gpu"`);
  }
  return name;
}

/** The adapter that the GPU tests and benches in Node run on. */
export async function testAdapter(): Promise<GPUAdapter> {
  const choice = adapterChoice();
  const gpu = await nodeGpu(choice === "swiftshader" ? { software: choice } : {});
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error(`no WebGPU adapter for GRAFT_ADAPTER=${choice}`);
  return adapter;
}
