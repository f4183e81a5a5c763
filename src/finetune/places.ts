import { type Disk, platform } from "../platform/index.ts";

const URL_START = /^[a-z][a-z\d+.-]+:\/\//i;

/** The disk; null for addresses, and where there is none. */
function diskFor(place: string): Disk | null {
  return URL_START.test(place) ? null : (platform().disk ?? null);
}

/** The last name of a path or an address. */
export function baseName(place: string): string {
  const disk = diskFor(place);
  // "." and "photos/.." have names too, which come out once they are resolved.
  if (disk) return disk.path.basename(disk.path.resolve(place));
  const path = place.replace(/[?#].*$/, "").replace(/\/+$/, "");
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The name without its ending: "model" of "out/model.safetensors". */
export function stem(place: string): string {
  const name = baseName(place);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}

/** The ending of a name in small letters, with its dot; "" where there is none. */
export function ending(place: string): string {
  const name = baseName(place);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(dot).toLowerCase() : "";
}

/** The place of the file `name` in the same folder. */
export function beside(place: string, name: string): string {
  const disk = diskFor(place);
  if (disk) return disk.path.join(disk.path.dirname(place), name);
  return `${place.replace(/[?#].*$/, "").replace(/[^/]*$/, "")}${name}`;
}

/** A file or folder within another. */
export function within(folder: string, ...names: readonly string[]): string {
  const disk = diskFor(folder);
  return disk ? disk.path.join(folder, ...names) : [folder, ...names].join("/");
}

/** What lies at a path; null where there is nothing, undefined where only asking for it would tell. */
export async function kindOf(place: string) {
  return diskFor(place)?.kindOf(place);
}
