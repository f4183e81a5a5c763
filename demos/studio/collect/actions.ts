import { announce } from "../../shared/index.ts";
import { chooseWeights } from "../choose/actions.ts";
import {
  addClass,
  addPictures,
  classNamed,
  removePictures,
  withoutEmpty,
} from "../project/edit.ts";
import { keys } from "../project/project.ts";
import type { PictureEntry } from "../project/types.ts";
import { newId, studio } from "../studio.ts";
import { type Incoming, sortFiles } from "./incoming.ts";
import { text } from "./texts.ts";
import { thumbnails } from "./thumbnails.ts";

/** Pictures that are looked at together. */
const AT_ONCE = 16;

/** Takes in what was dropped, chosen or pasted. @param classId where pictures go that lie in no folder. */
export async function takeIn(incoming: readonly Incoming[], classId?: string): Promise<void> {
  const { byClass, loose, weights, others } = sortFiles(incoming);
  const said = text();
  if (others.length > 0) {
    const names = others.slice(0, 3).map(({ name }) => name);
    studio.say(said.leftOut(others.length, names.join(", ")), true);
  }
  if (weights.length > 0) await chooseWeights(weights);
  // Given to a class, pictures are its own, whatever folder they lie in.
  const given = classId === undefined ? null : [...loose, ...[...byClass.values()].flat()];
  if (given) await addTo(classId as string, given);
  else {
    if (loose.length > 0) await addTo(firstClass(), loose);
    if (byClass.size > 0) await addFolders(byClass);
  }
}

async function addFolders(byClass: ReadonlyMap<string, readonly File[]>): Promise<void> {
  // The classes that a new project begins with make room for those that come with names of their own.
  const before = new Set(studio.project.value.classes.map(({ id }) => id));
  const names = [...byClass.keys()].sort();
  for (const name of names) {
    const { project, classId } = classNamed(studio.project.value, name, newId);
    studio.commit(project);
    await addTo(classId, byClass.get(name) ?? []);
  }
  studio.edit((project) => withoutEmpty(project, before));
}

function firstClass(): string {
  const [first] = studio.project.value.classes;
  if (first) return first.id;
  studio.edit((project) => addClass(project, text().newClass(1), newId));
  return studio.project.value.classes[0].id;
}

/** Adds pictures to a class, those that can't be decoded too: they are named where they stand. */
export async function addTo(classId: string, files: readonly File[]): Promise<void> {
  const said = text();
  let broken = 0;
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const some = files.slice(at, at + AT_ONCE).map((file) => ({ id: newId(), file }));
    const small = await Promise.all(some.map(({ id, file }) => thumbnails.of(id, file)));
    const kept = new Map<string, Blob>();
    const entries = some.map(({ id, file }, i): PictureEntry => {
      const thumbnail = small[i];
      // What can't be used takes no room: it may be a video, or a disk's image.
      if (thumbnail) kept.set(keys.picture(id), file).set(keys.thumbnail(id), thumbnail);
      else broken++;
      return { id, classId, name: file.name, ...(thumbnail ? {} : { broken: "decode" }) };
    });
    if (!(await studio.files.put(kept)) && !studio.isElsewhere.value) studio.say(said.full, true);
    studio.edit((project) => addPictures(project, entries));
  }
  announce(said.added(files.length - broken));
  if (broken > 0) studio.say(said.broken(broken), true);
}

/** Takes drawn digits, to see how it works without pictures of one's own. */
export async function takeExamples(): Promise<void> {
  const found = await studio.client.ask("examples", null);
  const names = [...new Set(found.map(({ className }) => className))];
  const filesOf = (name: string) =>
    found
      .filter(({ className }) => className === name)
      .map(({ name: file, picture }) => new File([picture], file, { type: picture.type }));
  await addFolders(new Map(names.map((name) => [name, filesOf(name)])));
}

export async function removeAll(ids: readonly string[]): Promise<void> {
  studio.edit((project) => removePictures(project, new Set(ids)));
  await studio.files.remove(ids.flatMap((id) => [keys.picture(id), keys.thumbnail(id)]));
}
