import { keys, type NewId } from "./project.ts";
import type { NetworkChoice, PictureEntry, Project, StudioSettings } from "./types.ts";

/** Edits: each gives a new project and leaves the old one as it is. */

/** The name as people see it, in the form in which names are compared; how long a name may be is the page's to say. */
export const cleanName = (name: string) => name.normalize("NFC").replace(/\s+/g, " ").trim();

export function addClass(project: Project, name: string, newId: NewId): Project {
  const entry = { id: newId(), name: freeName(project, cleanName(name)) };
  return { ...project, classes: [...project.classes, entry] };
}

/** The name, or the name and a number, where a class has it already. */
function freeName({ classes }: Project, name: string): string {
  const taken = new Set(classes.map((entry) => entry.name));
  for (let n = 1; ; n++) {
    const tried = n === 1 ? name : `${name} ${n}`;
    if (!taken.has(tried)) return tried;
  }
}

/** Leaves the name as it is where the new one is empty or another class's. */
export function renameClass(project: Project, id: string, name: string): Project {
  const clean = cleanName(name);
  const taken = project.classes.some((entry) => entry.id !== id && entry.name === clean);
  if (clean === "" || taken) return project;
  const classes = project.classes.map((entry) =>
    entry.id === id ? { ...entry, name: clean } : entry,
  );
  return { ...project, classes };
}

/** With its pictures. */
export function removeClass(project: Project, id: string): Project {
  return {
    ...project,
    classes: project.classes.filter((entry) => entry.id !== id),
    pictures: project.pictures.filter(({ classId }) => classId !== id),
  };
}

export function addPictures(project: Project, pictures: readonly PictureEntry[]): Project {
  return { ...project, pictures: [...project.pictures, ...pictures] };
}

export function removePictures(project: Project, ids: ReadonlySet<string>): Project {
  return { ...project, pictures: project.pictures.filter(({ id }) => !ids.has(id)) };
}

/** Without the pictures whose files aren't there: the browser had no room for them, and the tab that had them is closed. */
export function withoutLost(project: Project, files: ReadonlySet<string>): Project {
  const isThere = ({ id, broken }: PictureEntry) =>
    broken !== undefined || files.has(keys.picture(id));
  return { ...project, pictures: project.pictures.filter(isThere) };
}

export function markBroken(project: Project, id: string, why: string): Project {
  const pictures = project.pictures.map((picture) =>
    picture.id === id ? { ...picture, broken: why } : picture,
  );
  return { ...project, pictures };
}

/** The class of this name, made where there is none. Classes that have neither a picture nor a name of their own make room for it. */
export function classNamed(
  project: Project,
  name: string,
  newId: NewId,
): { project: Project; classId: string } {
  const clean = cleanName(name);
  const there = project.classes.find((entry) => entry.name === clean);
  if (there) return { project, classId: there.id };
  const entry = { id: newId(), name: clean };
  return { project: { ...project, classes: [...project.classes, entry] }, classId: entry.id };
}

/** Without the classes of these ids that no picture is of. */
export function withoutEmpty(project: Project, ids: ReadonlySet<string>): Project {
  const used = new Set(project.pictures.map(({ classId }) => classId));
  return { ...project, classes: project.classes.filter(({ id }) => used.has(id) || !ids.has(id)) };
}

/** What depends on the layers of the network that was chosen before is the usual again. */
export function chooseNetwork(project: Project, network: NetworkChoice): Project {
  const settings = { ...project.settings, train: { kind: "head" }, cut: null } as const;
  return { ...project, network, settings };
}

export function changeSettings(project: Project, changes: Partial<StudioSettings>): Project {
  return { ...project, settings: { ...project.settings, ...changes } };
}
