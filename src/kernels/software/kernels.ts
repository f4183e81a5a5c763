/** Kernels for software adapters (SwiftShader, lavapipe): register tiles without barriers. */
export * from "./gemm.ts";
