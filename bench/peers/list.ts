/** The libraries that can be measured beside Graft. */

export interface Peer {
  readonly label: string;
  /** The package whose version counts. */
  readonly package: string;
  /** Below bench/. */
  readonly module: string;
}

export const peers: Readonly<Record<string, Peer>> = {
  tfjs: {
    label: "TensorFlow.js (WebGPU)",
    package: "@tensorflow/tfjs",
    module: "peers/tfjs.ts",
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
