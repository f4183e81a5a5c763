import { messageOf } from "../base/index.ts";
import type { WeightSource } from "../formats/index.ts";
import { carryOut, type Job, unfinished } from "./carry_out.ts";
import { startDevice } from "./device.ts";
import { SettingError } from "./errors.ts";
import type { FinetuneEvent } from "./events.ts";
import { resumed, settingsText } from "./keeping/checkpoint.ts";
import { checkWritable } from "./keeping/files.ts";
import type { StateStore } from "./keeping/keeper.ts";
import { leavePlace, type TakenPlace, takeAgain, takePlace } from "./keeping/place.ts";
import { kindOf } from "./places.ts";
import { prepare, withCut } from "./prepare.ts";
import type { FinetuneResult } from "./result.ts";
import { checkSettings, type FinetuneSettings } from "./settings/index.ts";
import type { Tell } from "./task.ts";
import { planTraining } from "./training/plan.ts";
import { findRate } from "./training/rate.ts";
import { decideTraining } from "./training/strategy.ts";

export interface FinetuneOptions {
  /** Raise it to stop after the current step. */
  readonly signal?: AbortSignal;
  /** The network that training starts from where the settings name none: see `assets/letters.safetensors`. */
  readonly builtin?: WeightSource;
  /**
   * Node: keep the result and, while it trains, its state on the disk, in a folder of its own below "out" where `save`
   * names no other place. Default: only where `save` is given.
   */
  readonly keep?: boolean;
  /** The checkpoint of a run that didn't come to its end, or true for the last one with these settings. */
  readonly resume?: string | true;
  /**
   * In place of a disk: keeps the state of the training while it trains, in a page's IndexedDB, say, and is gone on from where it
   * holds one. That must be of the same settings and pictures.
   */
  readonly store?: StateStore;
  /** Write over what is there already. */
  readonly overwrite?: boolean;
  /** What would be typed for these settings: for the report. */
  readonly command?: (settings: FinetuneSettings) => string;
}

/** The whole of `finetune`. */
export async function run(
  given: FinetuneSettings,
  options: FinetuneOptions,
  tell: Tell<FinetuneEvent>,
  signal: AbortSignal,
): Promise<FinetuneResult> {
  checkSettings(given);
  const earlier = options.resume ? await resumed(given, options.resume) : null;
  const settings = earlier?.settings ?? given;
  checkSettings(settings);
  if (settings.save !== undefined) checkWritable(settings.save, `{save} ${settings.save}`);
  if (settings.report !== undefined) await checkReport(settings.report);
  const prepared = await prepare(settings, options.builtin, tell);
  const plan = planTraining(settings, prepared.start, prepared.source.several);
  const place = earlier
    ? await takeAgain(earlier.place, given.save, options.overwrite || earlier.overwrite)
    : await placeFor(settings, options);
  const command = options.command?.(settings) ?? null;
  const store = options.store ?? null;
  if (place && store) {
    throw new SettingError("{save} and the option store: the state is kept in one of them");
  }
  const job = { settings, plan, prepared, place, store, tell, signal, command };
  const result = await begun(job);
  await tell({ type: "result", result });
  return result;
}

async function checkReport(path: string): Promise<void> {
  const { checkReport } = await import("./reporting/report.ts"); // only few runs need it
  await checkReport(path);
}

async function placeFor(
  settings: FinetuneSettings,
  { keep = settings.save !== undefined, overwrite = false }: FinetuneOptions,
): Promise<TakenPlace | null> {
  return keep ? takePlace(settings, await settingsText(settings, overwrite), overwrite) : null;
}

/** Whatever ends a run before there is something to go on from, its place is free again. */
async function begun(job: Job): Promise<FinetuneResult> {
  const { place, signal, tell, prepared } = job;
  try {
    await startDevice(job.settings.tuning, tell);
    return await carryOut(await decided(job));
  } catch (error) {
    const nothing = place === null || (await kindOf(place.checkpoint)) === null;
    if (place && nothing) await leavePlace(place, []);
    const checkpoint = nothing ? null : place.checkpoint;
    if (!signal.aborted || error !== signal.reason) {
      await tell({ type: "failed", why: messageOf(error), checkpoint });
      throw error;
    }
    await tell({ type: "interrupted", step: 0, checkpoint });
    return unfinished(prepared.info, { step: 0, model: null, checkpoint });
  }
}

/** Finds out what to train, and how fast, where that was asked for; what it found is then a setting like others. */
async function decided(job: Job): Promise<Job> {
  const { tell, signal } = job;
  let { settings, plan, prepared } = job;
  if (plan.train.includes("auto")) {
    settings = await decideTraining(settings, prepared, plan, tell, signal);
    prepared = withCut(prepared, settings.cut);
    plan = planTraining(settings, prepared.start, prepared.source.several);
  }
  if (settings.findLr) {
    settings = await findRate(settings, prepared, plan, tell, signal);
    plan = planTraining(settings, prepared.start, prepared.source.several);
  }
  return { ...job, settings, plan, prepared };
}
