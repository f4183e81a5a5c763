import { announce } from "../../shared/index.ts";
import { weightFiles } from "../choose/actions.ts";
import { inWords } from "../library/translate.ts";
import { markBroken } from "../project/edit.ts";
import { keys } from "../project/project.ts";
import { addRun, changeRun, removeRun, withEpoch } from "../project/runs.ts";
import type { Run } from "../project/types.ts";
import { newId, studio } from "../studio.ts";
import type { Control, News, TrainAnswer } from "../worker/messages.ts";
import { begunTraining } from "./now.ts";
import { text } from "./texts.ts";

/** Begins a run with what is collected and chosen. */
export async function startRun(): Promise<void> {
  const { network, settings } = studio.project.value;
  const run: Run = {
    ...{ id: newId(), started: Date.now(), state: "running", choice: network, settings },
    network: studio.facts.value?.architecture ?? (network.kind === "builtin" ? "" : network.name),
    epochs: [],
  };
  studio.edit((project) => addRun(project, run));
  await carryOut(run);
}

/** Goes on with a run that was interrupted, from its last kept state. */
export async function goOn(run: Run): Promise<void> {
  studio.edit((project) => changeRun(project, run.id, { state: "running" }));
  await carryOut(run);
}

async function carryOut(run: Run): Promise<void> {
  studio.training.value = begunTraining(run.id);
  studio.onNews = (news) => take(run.id, news);
  await studio.flush(); // found again as interrupted, whatever happens now
  try {
    const [pictures, weights] = [await picturesByClass(), await weightFiles(run.choice)];
    const settings = runOf(run.id)?.settings ?? run.settings;
    const ask = { run: run.id, pictures, weights, start: run.choice.kind, settings };
    await finish(run.id, await studio.client.ask("train", ask));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    studio.edit((project) => changeRun(project, run.id, { state: "failed", why }));
    announce(text().failed);
  } finally {
    studio.training.value = null;
  }
}

const runOf = (id: string) => studio.project.value.runs.find((run) => run.id === id);

/** The pictures that can be used. Their files are called by their ids, by which the worker speaks of them. */
async function picturesByClass(): Promise<Record<string, File[]>> {
  const { classes, pictures } = studio.project.value;
  const found = await Promise.all(
    classes.map(async ({ id, name }) => {
      const own = pictures.filter(({ classId, broken }) => classId === id && !broken);
      const files = await Promise.all(
        own.map(async (picture) => {
          const file = await studio.files.get(keys.picture(picture.id));
          return file && new File([file], picture.id);
        }),
      );
      return [name, files.filter((file) => file !== null)] as const;
    }),
  );
  return Object.fromEntries(found.filter(([, files]) => files.length > 0));
}

/** What of a training's news stays in the project, or has to be said. */
function take(id: string, news: News): void {
  if (news.kind === "warning") studio.say(inWords(news.message));
  else if (news.kind === "notKept") studio.say(text().notKept(news.why), true);
  else if (news.kind === "broken")
    studio.edit((project) => markBroken(project, news.picture, news.why));
  else {
    const run = runOf(id);
    const changes = run && changesOf(run, news);
    if (changes) studio.edit((project) => changeRun(project, id, changes));
  }
}

/** What the recipe found out is a setting of the run like others, so that it isn't looked for again when it goes on. */
function changesOf(run: Run, news: News): Partial<Run> | null {
  switch (news.kind) {
    case "epoch": {
      const { epoch, figures, isScratch } = news;
      if (isScratch) return { scratch: withEpoch(run.scratch ?? [], epoch, figures) };
      return { epochs: withEpoch(run.epochs, epoch, figures) };
    }
    case "rates": {
      const settings = { ...run.settings, lr: news.rates.suggestion, findLr: false };
      return { rates: news.rates, settings };
    }
    case "chosen":
      return { settings: { ...run.settings, ...news.settings } };
    default:
      return null;
  }
}

async function finish(id: string, { result, network, stopped }: TrainAnswer): Promise<void> {
  if (network) await studio.files.put(new Map([[keys.network(id), network]]));
  const state = stopped ? "stopped" : "done";
  studio.edit((project) => changeRun(project, id, { state, ...(result && { result }) }));
  await studio.flush(); // until the project knows of it, the state is what would be gone on from
  await studio.files.remove([keys.state(id)]);
  announce(result ? text().finished(Math.round(100 * result.accuracy)) : text().stoppedEarly);
}

export function control(what: Control): void {
  studio.client.control(what);
  const now = studio.training.value;
  if (!now) return;
  const isStopping = now.isStopping || what === "stop";
  studio.training.value = { ...now, isPaused: what === "pause", isStopping };
}

export async function forget(run: Run): Promise<void> {
  studio.edit((project) => removeRun(project, run.id));
  await studio.files.remove([keys.state(run.id), keys.network(run.id)]);
}
