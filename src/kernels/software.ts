/** What only software adapters need: pages on a GPU don't download it. */
type SoftwareGemm = typeof import("./software/gemm.ts");

let gemm: SoftwareGemm | null = null;

/** Matrix products for software adapters, once they are loaded. */
export function softwareGemm(): SoftwareGemm | null {
  return gemm;
}

/** `init` waits for this on a software adapter. */
export async function loadSoftwareGemm(): Promise<void> {
  gemm ??= await import("./software/gemm.ts");
}
