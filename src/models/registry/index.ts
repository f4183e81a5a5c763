import { OTHERS } from "./others.ts";
import { TORCHVISION } from "./torchvision.ts";
import type { PretrainedEntry } from "./types.ts";

export type { InputConvention, PretrainedEntry } from "./types.ts";

const ENTRIES: readonly PretrainedEntry[] = [...TORCHVISION, ...OTHERS];

/** All weights that `transfer.pretrained` can download, with their licence and input convention. */
export function listPretrained(): readonly PretrainedEntry[] {
  return ENTRIES;
}

/** The entry of this name ("-" and "_" and case don't count), undefined where there is none. */
export function findPretrained(name: string): PretrainedEntry | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ .]/g, "");
  return ENTRIES.find((entry) => plain(entry.name) === plain(name));
}
