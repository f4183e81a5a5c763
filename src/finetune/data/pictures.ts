import { IMAGE_ENDINGS, isJunk, type Picture } from "../../data/index.ts";
import { platform } from "../../platform/index.ts";
import { SettingError } from "../errors.ts";
import { kindOf, within } from "../places.ts";

export interface Found {
  readonly pictures: Picture[];
  /** Files in the folders that by name are no pictures. */
  readonly others: string[];
}

/**
 * The pictures that are meant: those given, and those in folders that are, however deep.
 *
 * @throws SettingError for a path where there is nothing, and when no picture is found.
 */
export async function findPictures(given: readonly Picture[]): Promise<Found> {
  const found: Found = { pictures: [], others: [] };
  for (const source of given) {
    const kind = typeof source === "string" ? await kindOf(source) : undefined;
    if (kind === null) throw new SettingError(`${source}: no such file`);
    if (kind === "folder") await walk(String(source), found, 0);
    else found.pictures.push(source);
  }
  if (found.pictures.length > 0) return found;
  throw new SettingError(
    `${given.join(", ") || "nothing"}: there are no pictures (${IMAGE_ENDINGS.join(" ")})`,
  );
}

/** A link to a folder above itself ends here. */
const MAX_DEPTH = 16;

async function walk(folder: string, found: Found, depth: number): Promise<void> {
  if (depth > MAX_DEPTH) throw new Error(`${folder}: folders lie more than ${MAX_DEPTH} deep`);
  for (const { name, kind } of await platform().listFolder(folder)) {
    if (isJunk(name)) continue;
    const path = within(folder, name);
    if (kind === "folder") await walk(path, found, depth + 1);
    else {
      const isPicture = IMAGE_ENDINGS.some((end) => name.toLowerCase().endsWith(end));
      (isPicture ? found.pictures : found.others).push(path);
    }
  }
}
