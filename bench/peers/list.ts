/** The libraries that can be measured beside Graft. */

export interface Peer {
  readonly label: string;
  /** The package whose version counts. */
  readonly package: string;
  /** Below bench/. */
  readonly module: string;
  /** Labels of the pipelines that convolutions' passes run on, where their shaders don't tell how long their loops are. */
  readonly passes?: Readonly<Record<"forward" | "weight" | "input", RegExp>>;
}

export const peers: Readonly<Record<string, Peer>> = {
  tfjs: {
    label: "TensorFlow.js (WebGPU)",
    package: "@tensorflow/tfjs",
    module: "peers/tfjs.ts",
    passes: { forward: /Conv2DMM/, weight: /Conv2DDerFilter/, input: /Conv2DDerInput/ },
  },
  "tfjs-wasm": {
    label: "TensorFlow.js (WebAssembly)",
    package: "@tensorflow/tfjs",
    module: "peers/tfjs_wasm.ts",
  },
  jax: { label: "jax-js (WebGPU)", package: "@jax-js/jax", module: "peers/jax.ts" },
};

/** @throws Error naming the peers there are. */
export function peerModule(name: string): string {
  const peer = peers[name];
  if (!peer) throw new Error(`no peer named "${name}"; there are ${Object.keys(peers).join(", ")}`);
  return peer.module;
}
