/** TensorFlow.js on its WebAssembly backend, which computes on the processor. It lacks the gradients of some layers. */
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import type { Engine } from "../engines/engine.ts";
import { prepareMatmul, prepareTraining } from "./tfjs_work.ts";

export function createEngine(): Engine {
  return {
    name: "tfjs-wasm",
    async start() {
      setWasmPaths("/tfjs-wasm/");
      await tf.setBackend("wasm");
      await tf.ready();
      if (tf.getBackend() !== "wasm") throw new Error("its WebAssembly backend did not start");
      return null;
    },
    matmul: prepareMatmul,
    train: prepareTraining,
  };
}
