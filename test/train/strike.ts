import { currentDevice } from "../../src/gpu/index.ts";

const CALLS = ["createBuffer", "createBindGroup", "createCommandEncoder"] as const;
const QUEUE_CALLS = ["submit", "writeBuffer"] as const;

/** When, at a call, the device is lost. */
export type When = "before" | "after" | "later";

export interface Strike {
  /** Calls that went to the device so far. */
  readonly calls: () => number;
  readonly done: () => boolean;
  /** The device is left alone from here on. */
  readonly end: () => void;
}

/** Has the current device lost at the `at`-th call that the engine makes to it from now on; Infinity only counts. */
export function strikeAt(at: number, when: When = "before"): Strike {
  const { gpu } = currentDevice();
  let calls = 0;
  let done = false;
  let ended = false;
  const strike = () => {
    done = true;
    gpu.destroy();
  };
  const watch = <K extends string>(target: Record<K, (...args: never[]) => unknown>, name: K) => {
    const original = target[name].bind(target);
    target[name] = (...args: never[]) => {
      const isIt = !ended && ++calls === at;
      if (isIt && when === "before") strike();
      const result = original(...args);
      if (isIt && when === "after") strike();
      if (isIt && when === "later") setTimeout(strike, 0);
      return result;
    };
  };
  for (const name of CALLS) watch(gpu, name);
  for (const name of QUEUE_CALLS) watch(gpu.queue, name);
  const end = () => {
    ended = true;
  };
  return { calls: () => calls, done: () => done, end };
}
