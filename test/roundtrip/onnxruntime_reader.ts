import { existsSync } from "node:fs";

/** Beside the peers that the benchmark measures against: ONNX Runtime itself is the judge when it is installed. */
const RUNTIME = new URL(
  "../../bench/peers/node_modules/onnxruntime-web/dist/ort.node.min.mjs",
  import.meta.url,
);

export const hasOnnxRuntime = existsSync(RUNTIME);

/** What ONNX Runtime computes with a model in memory from images [N, C, H, W]. */
export async function runOnnx(
  model: Uint8Array,
  images: Float32Array,
  shape: readonly number[],
): Promise<Float32Array> {
  const ort = await import(RUNTIME.href);
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(model);
  const input = new ort.Tensor("float32", images, shape);
  const results = await session.run({ [session.inputNames[0]]: input });
  await session.release();
  return results[session.outputNames[0]].data;
}
