import type { Device } from "../../gpu/index.ts";

export function subgroupSize(device: Device): number {
  return Math.max(4, device.info.subgroupMinSize ?? 4);
}
