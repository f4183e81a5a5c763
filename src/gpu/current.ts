import type { Device } from "./device.ts";

let current: Device | null = null;

/** The device that tensors are made on. @throws Error when `init()` was not awaited. */
export function currentDevice(): Device {
  if (!current) throw new Error("no device yet: call `await init()` before making tensors");
  return current;
}

export function deviceOrNull(): Device | null {
  return current;
}

export function setDevice(device: Device): void {
  current = device;
}

/** From now on there is no current device, if it was this one. */
export function forgetDevice(device: Device): void {
  if (current === device) current = null;
}
