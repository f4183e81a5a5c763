import { currentDevice } from "../gpu/index.ts";

/** After a failure: why the device is gone (or going), null when it is well. */
export async function lossReason(): Promise<string | null> {
  const device = currentDeviceOrNull();
  return device ? device.lostSoon() : "destroyed";
}

export function currentDeviceOrNull() {
  try {
    return currentDevice();
  } catch {
    return null;
  }
}
