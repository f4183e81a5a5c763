import { messageOf } from "../../base/index.ts";
import { platform } from "../../platform/index.ts";
import { SettingError, WordedError } from "../errors.ts";
import { labelsPath, ownName } from "../network/sidecar.ts";
import { baseName, beside, kindOf, stem, within } from "../places.ts";
import type { FinetuneSettings } from "../settings/index.ts";

/** The settings of a run that keeps its result in `save`, as they are kept while it trains. */
export type SettingsText = (save: string) => Uint8Array;

/** Where a run keeps its network, and what belongs to it: all in one folder. */
export interface Place {
  /** The network. */
  readonly save: string;
  /** Its class names and input, for people and other tools. */
  readonly labels: string;
  readonly card: string;
  /** Losses and accuracies by epoch. */
  readonly history: string;
  /** While it trains: the state of the training. */
  readonly checkpoint: string;
  /** While it trains: the settings of the run. Its being there says that the place is taken. */
  readonly settings: string;
}

export interface TakenPlace extends Place {
  /** Whether what is there already may be written over. */
  readonly overwrite: boolean;
  /** The uppermost folder that was made for it; null where all were there. */
  readonly made: string | null;
}

/** The files that belong to a network. */
export function placeOf(save: string): Place {
  const named = (end: string) => beside(save, `${ownName(save)}.${end}`);
  return {
    save,
    labels: labelsPath(save),
    card: named("card.md"),
    history: named("history.json"),
    checkpoint: named("checkpoint.safetensors"),
    settings: named("checkpoint.json"),
  };
}

/**
 * Chooses where a run keeps its result and takes the place, so that no other run does: the one asked for, or
 * a folder of its own below "out". What is there of another run is never written over unless `overwrite` says so.
 *
 * @param state what is kept in the file that marks the place.
 * @throws SettingError before any work is done, when there is something already or nothing can be written.
 */
export async function takePlace(
  settings: FinetuneSettings,
  state: SettingsText,
  overwrite: boolean,
): Promise<TakenPlace> {
  const { save } = settings;
  if (save === undefined) return takeFreePlace(settings, state);
  const place = placeOf(save);
  const made = await prepareFolder(place);
  if (overwrite) {
    await disk().remove(place.checkpoint);
    await platform().writeFileAtomic(place.settings, state(save));
    return { ...place, made, overwrite };
  }
  await refuseTaken(place, "{save} ");
  if (await disk().create(place.settings, state(place.save))) return { ...place, made, overwrite };
  throw new SettingError(
    `{save} ${save}: a run that isn't finished keeps its state there; go on with it ({resume} ${place.checkpoint}), ` +
      "choose another name, or say {overwrite}",
  );
}

/** @throws SettingError naming a file of this place that is there. @param asked what it was asked for with. */
export async function refuseTaken(place: Place, asked: string): Promise<void> {
  const taken = await firstTaken(place);
  if (taken === null) return;
  throw new SettingError(
    `${asked}${taken}: is there already, and nothing trained is written over unasked; ` +
      "choose another name, or say {overwrite}",
  );
}

async function firstTaken({ save, labels, card, history }: Place): Promise<string | null> {
  for (const path of [save, labels, card, history]) if ((await kindOf(path)) !== null) return path;
  return null;
}

/** The place of a run that is gone on with. @param save another place for its result, where one is given now. */
export async function takeAgain(
  place: Place,
  save: string | undefined,
  overwrite = false,
): Promise<TakenPlace> {
  await sweep(place);
  if (save === undefined) return { ...place, overwrite, made: null };
  if (!overwrite) await refuseTaken(place, "{save} ");
  return { ...place, overwrite, made: await prepareFolder(place) };
}

/** Removes half-written files that a killed run left. */
async function sweep({ settings, checkpoint, save, labels, card, history }: Place): Promise<void> {
  const all = [settings, checkpoint, save, labels, card, history];
  for (const path of all) await disk().sweep(path);
}

/** More runs than anybody keeps side by side. */
const MOST = 10_000;

async function takeFreePlace(settings: FinetuneSettings, state: SettingsText): Promise<TakenPlace> {
  const folder = usualFolder(settings);
  for (let n = 1; n < MOST; n++) {
    const place = numbered(folder, n);
    if ((await firstTaken(place)) !== null) continue;
    const made = await prepareFolder(place);
    const isOurs = await disk().create(place.settings, state(place.save));
    if (isOurs) return { ...place, made, overwrite: false };
  }
  throw new WordedError(`${folder}: there are ${MOST} results of this name; name one with {save}`);
}

/** The place of the unfinished run that was begun last with these settings; null where there is none. */
export async function lastUnfinished(settings: FinetuneSettings): Promise<Place | null> {
  const { save } = settings;
  const places = save === undefined ? await placesBelow(usualFolder(settings)) : [placeOf(save)];
  for (const place of places.reverse()) {
    if ((await kindOf(place.settings)) === "file") return place;
  }
  return null;
}

/** The places that runs took by themselves, in their order. */
async function placesBelow(folder: string): Promise<Place[]> {
  const parent = beside(folder, "");
  if ((await kindOf(parent)) !== "folder") return [];
  const own = baseName(folder);
  const numbers = (await platform().listFolder(parent)).map(({ name }) =>
    name === own ? 1 : name.startsWith(`${own}-`) ? Number(name.slice(own.length + 1)) : 0,
  );
  const ours = numbers.filter((n) => Number.isInteger(n) && n > 0).sort((a, b) => a - b);
  return ours.map((n) => numbered(folder, n));
}

function numbered(folder: string, n: number): Place {
  return placeOf(within(n === 1 ? folder : `${folder}-${n}`, "model.safetensors"));
}

/** "out/builtin", or the network's name and the data's: "out/vgg16-photos". */
export function usualFolder({ data, weights, arch }: FinetuneSettings): string {
  if (!data && !weights && !arch) return within("out", "builtin");
  const from = typeof weights === "string" ? slug(stem(weights)) : weights ? "network" : "builtin";
  const first = typeof data === "object" && Array.isArray(data) ? data[0] : data;
  const task = typeof first === "string" ? slug(baseName(first)) : data ? "pictures" : "digits";
  return within("out", `${arch ? slug(arch) : from}-${task}`);
}

/** A name of letters and digits, of any script. */
function slug(name: string): string {
  const plain = name.normalize("NFC").replace(/[^\p{L}\p{M}\p{N}_.]+/gu, "-");
  return plain.replace(/^[-.]+|[-.]+$/g, "") || "unnamed";
}

/** @returns the uppermost folder that was made; null where all were there. */
async function prepareFolder({ save }: Place): Promise<string | null> {
  if ((await kindOf(save)) === "folder") {
    throw new SettingError(`{save} ${save}: is a folder; name a file`);
  }
  const folder = disk().path.dirname(save);
  try {
    const made = await disk().makeFolder(folder);
    await disk().checkWritable(folder);
    return made;
  } catch (cause) {
    throw new SettingError(`{save} ${save}: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Gives a place back: after a run that came to its end, or one of which nothing is left. Folders that were made for it
 * go as well where they are empty.
 *
 * @param kept files that stay, whatever they are called: a result may have been saved under the checkpoint's name.
 */
export async function leavePlace(place: TakenPlace, kept: readonly string[]): Promise<void> {
  const { resolve, dirname } = disk().path;
  const staying = kept.map((path) => resolve(path));
  for (const path of [place.checkpoint, place.settings]) {
    if (!staying.includes(resolve(path))) await disk().remove(path);
  }
  await sweep(place);
  if (place.made === null) return;
  const top = resolve(place.made);
  for (let folder = dirname(resolve(place.save)); ; folder = dirname(folder)) {
    await disk().remove(folder);
    if (folder === top || folder === dirname(folder)) return;
  }
}

function disk() {
  const { disk } = platform();
  if (!disk) throw new Error("a page has no folder to save to; take the files of the result");
  return disk;
}
