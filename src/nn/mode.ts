import { refusePromise } from "../gpu/index.ts";

/** What has layers with a mode: a module. */
interface Layered {
  modules(): readonly { readonly training: boolean; setTraining(mode: boolean): void }[];
  eval(): unknown;
}

/**
 * Runs a synchronous `fn` with every layer of a module in evaluation mode and gives each layer back the mode it had. `fn`
 * mustn't wait for anything: no other task, training steps for one, ever sees the mode.
 *
 * @throws TypeError when `fn` returns a promise.
 */
export function evaluating<T>(model: Layered, fn: () => T): T {
  const training = model.modules().filter((module) => module.training);
  model.eval();
  try {
    return refusePromise("evaluating", fn());
  } finally {
    for (const module of training) module.setTraining(true);
  }
}
