import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Has the collector find what nobody holds any more, and those who want to know told. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  await new Promise((resolve) => setTimeout(resolve, 0)); // finalizers run in tasks of their own
}
