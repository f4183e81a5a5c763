// Runs before each *.gpu.test.ts file: what "webgraft/node" sets up, and a device on the adapter under test.
import { adapterName } from "../src/gpu/index.ts";
import { init } from "../src/kernels/index.ts";
import { loadProcessorVariants } from "../src/kernels/init.ts";
import "../src/node.ts";
import { profileChoice, testAdapter } from "./gpu_adapter.ts";
import { divertDriverMessages, note } from "./notes.ts";
import { deviceWith, gpuProfile, useDevice } from "./profiles.ts";

divertDriverMessages();
const device = await init({ adapter: await testAdapter() });
note("adapter", adapterName(device.info));
if (profileChoice() === "gpu") await useDevice(deviceWith(gpuProfile(device)));
// Also on a GPU: every kernel is tested.
await loadProcessorVariants();
