import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc: () => void = runInNewContext("gc");

/** Runs the garbage collector until `done` says so, or throws after some ten rounds. */
export async function collectUntil(done: () => boolean): Promise<void> {
  for (let round = 0; round < 10; round++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10)); // finalizers run in tasks of their own
    if (done()) return;
  }
  throw new Error("the garbage collector left tensors alive");
}
