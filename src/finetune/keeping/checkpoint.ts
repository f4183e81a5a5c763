import { platform } from "../../platform/index.ts";
import { SettingError } from "../errors.ts";
import { kindOf } from "../places.ts";
import type { FinetuneSettings } from "../settings/index.ts";
import { lastUnfinished, type Place, placeOf, type SettingsText } from "./place.ts";

/**
 * Paths become whole ones, so that the run can be gone on with from any folder. What can't be written down (Files,
 * datasets) must be given again.
 */
export async function settingsText(
  settings: FinetuneSettings,
  overwrite = false,
): Promise<SettingsText> {
  const kept: Record<string, unknown> = { ...settings };
  for (const name of ["weights", "data", "validation"] as const) {
    kept[name] = await wholePaths(settings[name]);
  }
  const whole = (path: string) => platform().disk?.path.resolve(path) ?? path;
  if (settings.report !== undefined) kept.report = whole(settings.report);
  return (save) => {
    const text = JSON.stringify({ settings: { ...kept, save: whole(save) }, overwrite }, null, 2);
    return new TextEncoder().encode(`${text}\n`);
  };
}

/** Paths of files that are there; other text (names of the registry, addresses) as it is. */
async function wholePaths(value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(wholePaths));
  if (typeof value !== "string") return undefined;
  const { disk } = platform();
  return disk && (await kindOf(value)) ? disk.path.resolve(value) : value;
}

export interface Resumed {
  readonly settings: FinetuneSettings;
  readonly place: Place;
  /** Whether it may write over what was there when it began. */
  readonly overwrite: boolean;
}

/**
 * The settings of a run that didn't come to its end, with those given now on top.
 *
 * @param resume its checkpoint; true for the run that was begun last with these settings.
 * @throws SettingError when there is none.
 */
export async function resumed(given: FinetuneSettings, resume: string | true): Promise<Resumed> {
  const kept = resume === true ? await lastUnfinished(given) : filesOf(resume);
  if (!kept) throw new SettingError("{resume}: there is no run that could be gone on with");
  if ((await kindOf(kept.settings)) !== "file") {
    throw new SettingError(`${kept.checkpoint}: no such file, so there is nothing to resume`);
  }
  const { settings: saved, overwrite } = await readSettings(kept.settings);
  const settings = { ...saved, ...given };
  const place = { ...placeOf(settings.save ?? saved.save), ...kept };
  return { settings, place, overwrite: overwrite && given.save === undefined };
}

type KeptFiles = Pick<Place, "checkpoint" | "settings">;

function filesOf(checkpoint: string): KeptFiles {
  return { checkpoint, settings: `${checkpoint.replace(/\.safetensors$/, "")}.json` };
}

interface Kept {
  readonly settings: FinetuneSettings & { readonly save: string };
  readonly overwrite: boolean;
}

async function readSettings(path: string): Promise<Kept> {
  const kept = keptIn(new TextDecoder().decode(await platform().readFile(path)));
  if (kept) return kept;
  throw new SettingError(`${path}: not what an interrupted run wrote`);
}

function keptIn(text: string): Kept | null {
  try {
    const { settings, overwrite } = Object(JSON.parse(text));
    return typeof settings?.save === "string" ? { settings, overwrite: overwrite === true } : null;
  } catch {
    return null;
  }
}
