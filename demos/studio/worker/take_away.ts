import { networkFiles } from "webgraft/finetune";
import type { NetworkInfo } from "../../../src/transfer/index.ts";
import type { NamedFile, Trained } from "./messages.ts";
import { networkOf } from "./predict.ts";

/** The files of a trained network under a name whose ending tells the format. */
export async function takeAway(
  ask: Trained & { info: NetworkInfo; name: string },
): Promise<NamedFile[]> {
  const { model } = await networkOf(ask);
  const files = await networkFiles(model, ask.name, ask.info);
  return [...files].map(([name, bytes]) => ({ name, bytes }));
}
