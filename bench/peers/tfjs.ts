/** TensorFlow.js on its WebGPU backend. Layout NHWC, weights HWIO. */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import type { Engine } from "../engines/engine.ts";
import { prepareMatmul, prepareTraining } from "./tfjs_work.ts";

export function createEngine(): Engine {
  return {
    name: "tfjs",
    async start() {
      await tf.setBackend("webgpu");
      await tf.ready();
      if (tf.getBackend() !== "webgpu") throw new Error("its WebGPU backend did not start");
      return tf.backend().device ?? null;
    },
    matmul: prepareMatmul,
    train: prepareTraining,
  };
}
