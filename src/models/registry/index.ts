import { otherEntries } from "./others.ts";
import { torchvisionEntries } from "./torchvision.ts";
import type { PretrainedEntry } from "./types.ts";

export type { InputConvention, PretrainedEntry } from "./types.ts";

/** Made when asked for: a page with one model doesn't download the others. */
let entries: readonly PretrainedEntry[] | null = null;

/** All weights that `transfer.pretrained` can download, with their licence and input convention. */
export function listPretrained(): readonly PretrainedEntry[] {
  entries ??= [...torchvisionEntries(), ...otherEntries()];
  return entries;
}

/** The entry of this name ("-" and "_" and case don't count), undefined where there is none. */
export function findPretrained(name: string): PretrainedEntry | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ .]/g, "");
  return listPretrained().find((entry) => plain(entry.name) === plain(name));
}
