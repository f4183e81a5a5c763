/** Kernels for software adapters (SwiftShader, lavapipe): register tiles without barriers. */
export * from "./conv_2x2.ts";
export * from "./gemm.ts";
