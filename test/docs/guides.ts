/** The guides as a test reads them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../import_graph.ts";

const folder = join(repository, "docs/guides");

export const guides: readonly string[] = readdirSync(folder).sort();

export const textOf = (guide: string): string => readFileSync(join(folder, guide), "utf8");

/** The blocks of one language. */
export function blocksOf(text: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms");
  return [...text.matchAll(fence)].map(([, code]) => code!);
}
