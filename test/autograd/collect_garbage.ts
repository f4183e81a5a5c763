import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc: () => void = runInNewContext("gc");

/** Runs the garbage collector until `done` says so, or throws after some twenty rounds. */
export async function collectUntil(done: () => boolean): Promise<void> {
  for (let round = 0; round < 20; round++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10)); // finalizers run in tasks of their own
    if (done()) return;
  }
  throw new Error("the garbage collector left tensors alive");
}

/** Collects all garbage: what a finalizer frees may be the last to hold something else, so several rounds must change nothing. */
export async function collectAll(live: () => number): Promise<number> {
  let before = live();
  let unchanged = 0;
  await collectUntil(() => {
    unchanged = live() === before ? unchanged + 1 : 0;
    before = live();
    return unchanged === 3;
  });
  return before;
}
