/**
 * What a device is like, as far as the choice of kernels goes. `Device` makes one of what its adapter says; tests hand in others.
 */
export interface DeviceProfile {
  /** Whether shaders run on a GPU, or on the processor's own cores (SwiftShader, llvmpipe, WARP). */
  readonly kind: "gpu" | "processor";
  readonly features: ReadonlySet<string>;
  /** What a kernel may take of them; WebGPU promises 256 threads, 16 KiB of workgroup memory and bindings of 128 MiB. */
  readonly limits: Readonly<ProfileLimits>;
  /** Threads of a subgroup, at least and at most. Kernels may use subgroups where `features` has them. */
  readonly subgroup: { readonly min: number; readonly max: number };
  /** Whether threads of a workgroup meet at a barrier at little cost, so that sharing memory pays. */
  readonly cheapBarriers: boolean;
  /** Whether a thread reads four elements that lie side by side in the time of one. */
  readonly fourAtOnce: boolean;
  /** Whether a branch that no thread of a subgroup takes costs nothing; else its instructions run, masked. */
  readonly skipsBranches: boolean;
  /** Whether the compiler takes kernels of thousands of instructions in good time. */
  readonly longKernels: boolean;
  /** Workgroups that keep all cores busy. */
  readonly busyWorkgroups: number;
  /** What reading or writing an element takes, in multiply-adds of one thread. */
  readonly elementCost: number;
  /** Bytes within which a piece of work stays in a cache near the cores; Infinity where that doesn't count. */
  readonly cacheBytes: number;
}

export type ProfileLimits = Pick<
  GPUSupportedLimits,
  | "maxComputeInvocationsPerWorkgroup"
  | "maxComputeWorkgroupStorageSize"
  | "maxStorageBufferBindingSize"
>;

type Speed = Omit<DeviceProfile, "features" | "limits" | "subgroup">;

const GPU: Speed = {
  kind: "gpu",
  cheapBarriers: true,
  longKernels: true,
  skipsBranches: true,
  fourAtOnce: false, // neighbouring threads read neighbouring elements at once as it is
  busyWorkgroups: 256,
  elementCost: 25, // bandwidth
  cacheBytes: Number.POSITIVE_INFINITY,
};

/** A few cores with SIMD units, which take a workgroup's threads one after the other. */
const PROCESSOR: Speed = {
  kind: "processor",
  cheapBarriers: false,
  longKernels: false,
  skipsBranches: false,
  fourAtOnce: true,
  busyWorkgroups: 16,
  elementCost: 16, // bounds checks
  cacheBytes: 5 * 2 ** 20,
};

/** The profile of an adapter, told by its name and what it offers. */
export function profileOf(
  info: GPUAdapterInfo,
  features: ReadonlySet<string>,
  limits: ProfileLimits,
): DeviceProfile {
  const subgroup = { min: info.subgroupMinSize ?? 4, max: info.subgroupMaxSize ?? 128 };
  return { ...(isProcessor(info) ? PROCESSOR : GPU), features, limits, subgroup };
}

function isProcessor({ vendor, architecture, device, description }: GPUAdapterInfo): boolean {
  const names = `${vendor} ${architecture} ${device} ${description}`;
  return /swiftshader|llvmpipe|lavapipe|software|basic render|warp/i.test(names);
}

/** What to call an adapter: as its driver describes it, else by vendor and architecture. */
export function adapterName(
  info: Pick<GPUAdapterInfo, "description" | "vendor" | "architecture">,
): string {
  const { description, vendor, architecture } = info;
  return description || [vendor, architecture].filter(Boolean).join(" ") || "unknown adapter";
}
