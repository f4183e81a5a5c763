import { IMAGE_ENDINGS, isJunk } from "../../data/index.ts";
import { platform, type Source } from "../../platform/index.ts";
import { SettingError } from "../errors.ts";
import { kindOf, within } from "../places.ts";

/**
 * The pictures that are meant: those given, and those in folders that are, however deep.
 *
 * @throws SettingError for a path where there is nothing, and when no picture is found.
 */
export async function findPictures(given: readonly Source[]): Promise<Source[]> {
  const found: Source[] = [];
  for (const source of given) {
    const kind = typeof source === "string" ? await kindOf(source) : undefined;
    if (kind === null) throw new SettingError(`${source}: no such file`);
    if (kind === "folder") found.push(...(await picturesBelow(String(source), 0)));
    else found.push(source);
  }
  if (found.length > 0) return found;
  throw new SettingError(
    `${given.join(", ") || "nothing"}: there are no pictures (${IMAGE_ENDINGS.join(" ")})`,
  );
}

/** A link to a folder above itself ends here. */
const MAX_DEPTH = 16;

async function picturesBelow(folder: string, depth: number): Promise<string[]> {
  if (depth > MAX_DEPTH) throw new Error(`${folder}: folders lie more than ${MAX_DEPTH} deep`);
  const found: string[] = [];
  for (const { name, kind } of await platform().listFolder(folder)) {
    if (isJunk(name)) continue;
    const path = within(folder, name);
    if (kind === "folder") found.push(...(await picturesBelow(path, depth + 1)));
    else if (IMAGE_ENDINGS.some((end) => name.toLowerCase().endsWith(end))) found.push(path);
  }
  return found;
}
