import { currentDevice, type Device, init } from "../src/gpu/index.ts";
import { setPlatform } from "../src/platform/index.ts";
import { nodePlatform } from "../src/platform/node.ts";
import { testAdapter } from "./gpu_adapter.ts";

/** The device of the GPU tests: the one that the setup file made, or a new one on the adapter under test. */
export async function testDevice(): Promise<Device> {
  try {
    return currentDevice();
  } catch {
    setPlatform(nodePlatform);
    return init({ adapter: await testAdapter() });
  }
}
