import type { Device } from "./device.ts";

/** The device in use, and the one that is being asked for. */
const current: { device: Device | null; pending: Promise<Device> | null } = {
  device: null,
  pending: null,
};

/** The device that tensors are made on. @throws Error when `init()` was not awaited. */
export function currentDevice(): Device {
  const device = deviceOrNull();
  if (!device) throw new Error("no device yet: call `await init()` before making tensors");
  return device;
}

/** The same; null where there is none, or it was destroyed. */
export function deviceOrNull(): Device | null {
  return current.device?.isDestroyed ? null : current.device;
}

/**
 * Makes what `take` gives the current device.
 * @param isAny whether another device that is being taken already would do.
 */
export function takeOnce(take: () => Promise<Device>, isAny: boolean): Promise<Device> {
  if (isAny && current.pending) return current.pending;
  const pending = take()
    .then((device) => {
      current.device = device;
      return device;
    })
    .finally(() => {
      if (current.pending === pending) current.pending = null;
    });
  current.pending = pending;
  return pending;
}
