/**
 * A device that computes nothing and compiles everything: Dawn's own, without a driver, has half precision, subgroups and
 * every other feature, and so knows on any machine what a shader would say to a GPU that has them.
 */
import { create } from "webgpu";

const FEATURES: GPUFeatureName[] = ["shader-f16", "subgroups"];
/** Held as long as the process lives: Dawn must stay reachable. */
const gpu = create(["backend=null"]);

export async function compiler(): Promise<GPUDevice> {
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error("Dawn has no adapter that compiles without a driver");
  return adapter.requestDevice({ requiredFeatures: FEATURES });
}

/** What is wrong with a shader's text: each error with its line. */
export async function errorsOf(device: GPUDevice, code: string): Promise<string[]> {
  device.pushErrorScope("validation");
  const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
  await device.popErrorScope();
  const errors = messages.filter(({ type }) => type === "error");
  return errors.map(({ lineNum, message }) => `${lineNum}: ${message}`);
}
