// Runs before each *.gpu.test.ts file: what "webgraft/node" sets up, and a device on the adapter under test.
import { init } from "../src/kernels/index.ts";
import { loadSoftwareKernels } from "../src/kernels/tuning/software.ts";
import "../src/node.ts";
import { testAdapter } from "./gpu_adapter.ts";

await init({ adapter: await testAdapter() });
// Also on a GPU: every kernel is tested.
await loadSoftwareKernels();
