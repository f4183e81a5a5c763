/** The GPU went away (driver reset, tab in the background, power saving). Tensors on it are gone. */
export class DeviceLostError extends Error {
  override readonly name = "DeviceLostError";

  /** @param remedy what to do, where that is another thing than to load a checkpoint. */
  constructor(
    readonly reason: string,
    remedy = "load the last checkpoint, as Trainer does",
    options?: ErrorOptions,
  ) {
    super(
      `the GPU device was lost (${reason}); its tensors are gone. Call init() for a new device and ${remedy}`,
      options,
    );
  }
}

/** There is no usable WebGPU here. */
export class NoWebGpuError extends Error {
  override readonly name = "NoWebGpuError";
}

/** A tensor or a launch doesn't fit the adapter. */
export class LimitError extends Error {
  override readonly name = "LimitError";
}

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}
