/** What only software adapters need: pages on a GPU don't download it. */
type SoftwareKernels = typeof import("../software/kernels.ts");

let kernels: SoftwareKernels | null = null;

/** Kernels for software adapters, once they are loaded. */
export function softwareKernels(): SoftwareKernels | null {
  return kernels;
}

/** `init` waits for this on a software adapter. */
export async function loadSoftwareKernels(): Promise<void> {
  kernels ??= await import("../software/kernels.ts");
}
