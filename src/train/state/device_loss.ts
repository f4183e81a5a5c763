import { getRandomState, setRandomState } from "../../autograd/index.ts";
import { type Device, deviceOrNull } from "../../gpu/index.ts";
import { init } from "../../kernels/index.ts";

/** After a failure: why a device is gone (or going), null when it is well and the one in use. */
export async function lossReason(device: Device | null): Promise<string | null> {
  const current = deviceOrNull();
  if (!current) return "destroyed";
  if (device && device !== current) return (await device.lostSoon(0)) ?? "another device took over";
  return current.lostSoon();
}

/** After a second crash of its GPU process Chromium gives no adapter for some 95 seconds. */
const WAITS = [0, 1, 2, 4, 8, 15, 30, 30, 30];

/**
 * A device that works: the current one, or another where that is lost. Asks again for two minutes where there is none.
 *
 * @param take what gives a device, and `wait` what passes seconds: for tests.
 */
export async function acquireDevice(
  take: () => Promise<Device> = takeDevice,
  wait: (seconds: number) => Promise<void> = sleep,
): Promise<Device> {
  let failure: unknown;
  for (const seconds of WAITS) {
    await wait(seconds);
    try {
      return await take();
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function takeDevice(): Promise<Device> {
  const device = await init({ tuning: deviceOrNull()?.tuning });
  device.assertUsable();
  return device;
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}

/** How often in a row work is begun that loses its device each time. */
export const MOST_TRIES = 5;

/**
 * Does work that makes all that it needs, and where the device is lost meanwhile does it again on another, with the same random
 * numbers.
 *
 * @param work is told whether it is done again.
 * @throws what the work throws for any other reason, or after five tries.
 */
export async function againIfLost<T>(work: (again: boolean) => Promise<T>): Promise<T> {
  const random = getRandomState();
  for (let tries = 1; ; tries++) {
    const device = deviceOrNull();
    try {
      return await work(tries > 1);
    } catch (error) {
      if (tries >= MOST_TRIES || (await lossReason(device)) === null) throw error;
      await acquireDevice();
      setRandomState(random);
    }
  }
}
