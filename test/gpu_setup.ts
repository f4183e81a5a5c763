// Runs before each *.gpu.test.ts file: what "graft/node" sets up, and a device on the adapter under test.
import { existsSync } from "node:fs";
import { testAdapter } from "./gpu_adapter.ts";

const index = "../src/index.ts";
const node = "../src/node.ts";
if (existsSync(new URL(index, import.meta.url))) {
  await import(/* @vite-ignore */ node);
  const { init } = await import(/* @vite-ignore */ index);
  await init({ adapter: await testAdapter() });
}
