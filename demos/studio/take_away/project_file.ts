import { foundAgain } from "../project/runs.ts";
import type { Project } from "../project/types.ts";

/** Where the project itself stands in its file; the files that belong to it have their keys as names, below "files/". */
const PROJECT = "project.json";
const FILES = "files/";

/** A project with everything that belongs to it as one file, a zip. */
export async function packProject(
  project: Project,
  files: ReadonlyMap<string, Blob>,
): Promise<Uint8Array> {
  const { zipFiles } = await import("./zip.ts");
  const text = new TextEncoder().encode(JSON.stringify(project, null, 1));
  const packed = [{ name: PROJECT, bytes: text }];
  for (const [key, file] of files) {
    packed.push({
      name: FILES + encodeURIComponent(key),
      bytes: new Uint8Array(await file.arrayBuffer()),
    });
  }
  return zipFiles(packed);
}

export interface Unpacked {
  readonly project: Project;
  readonly files: ReadonlyMap<string, Blob>;
}

/** @throws Error saying what is wrong with the file. */
export async function unpackProject(file: Blob): Promise<Unpacked> {
  const { unzipFiles } = await import("./zip.ts");
  const entries = await unzipFiles(file);
  const text = entries.get(PROJECT);
  if (!text) throw new Error(`it holds no ${PROJECT}`);
  const project: unknown = JSON.parse(new TextDecoder().decode(text));
  if (!isProject(project)) throw new Error(`its ${PROJECT} is of another kind`);
  const files = [...entries]
    .filter(([name]) => name.startsWith(FILES))
    .map(
      ([name, bytes]) =>
        [decodeURIComponent(name.slice(FILES.length)), new Blob([new Uint8Array(bytes)])] as const,
    );
  return { project: foundAgain(project), files: new Map(files) };
}

/** Whether it is one, as far as the page relies on it. */
function isProject(value: unknown): value is Project {
  const { version, id, classes, pictures, network, settings, runs } = Object(value);
  const haveIds = (list: unknown): boolean =>
    Array.isArray(list) && list.every((entry) => typeof Object(entry).id === "string");
  const isNetwork =
    network?.kind === "builtin" ||
    (network?.kind === "run" && typeof network.run === "string") ||
    (network?.kind === "files" && haveIds(network.files));
  const isSettings =
    typeof settings?.epochs === "number" && typeof settings?.train?.kind === "string";
  const isNamed =
    haveIds(classes) && classes.every(({ name }: { name: unknown }) => typeof name === "string");
  return (
    version === 1 &&
    typeof id === "string" &&
    isNamed &&
    haveIds(pictures) &&
    haveIds(runs) &&
    isNetwork &&
    isSettings
  );
}
