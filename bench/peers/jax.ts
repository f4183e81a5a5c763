/** jax-js on its WebGPU backend. Layout NCHW, weights OIHW; every argument is consumed unless passed as `.ref`. */
import { blockUntilReady, defaultDevice, getWebGPUDevice, init, numpy as np } from "@jax-js/jax";
import type { Engine, Work } from "../engines/engine.ts";
import { prepareTraining } from "./jax_training.ts";

async function prepareMatmul(n: number, a: Float32Array, b: Float32Array): Promise<Work> {
  const [x, y] = [a, b].map((values) => np.array(values).reshape([n, n]));
  let out = np.matmul(x.ref, y.ref);
  return {
    async run(times) {
      // Lazy: a product that is thrown away before it is waited for would never be computed.
      const products = Array.from({ length: times }, () => np.matmul(x.ref, y.ref));
      await blockUntilReady(products);
      out.dispose();
      for (const product of products.slice(1)) product.dispose();
      out = products[0];
    },
    read: () => out.ref.data(),
    dispose() {
      for (const value of [x, y, out]) value.dispose();
    },
  };
}

export function createEngine(): Engine {
  return {
    name: "jax",
    async start() {
      const found = await init("webgpu");
      if (!found.includes("webgpu")) throw new Error("its WebGPU backend did not start");
      defaultDevice("webgpu");
      return getWebGPUDevice();
    },
    matmul: prepareMatmul,
    train: prepareTraining,
  };
}
