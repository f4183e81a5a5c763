import { messageOf, pause } from "../../base/index.ts";
import type { Module } from "../../nn/index.ts";
import { platform } from "../../platform/index.ts";
import type { Evaluation, History, Trainer } from "../../train/index.ts";
import type { FinetuneEvent } from "../events.ts";
import type { LabelFigures } from "../labels/figures.ts";
import type { Prepared } from "../prepare.ts";
import type { ResultFiles } from "../result.ts";
import type { Tell } from "../task.ts";
import type { TrainingPlan } from "../training/plan.ts";
import { cardText } from "./card.ts";
import { leavePlace, placeOf, type TakenPlace } from "./place.ts";
import { type SavedSomewhere, saveSomewhere } from "./save.ts";

export interface TrainedNetwork {
  readonly model: Module;
  readonly trainer: Trainer;
  readonly prepared: Prepared;
  readonly plan: TrainingPlan;
  readonly evaluation: Evaluation;
  readonly labels: LabelFigures | null;
  readonly history: History;
}

/**
 * Saves a finished network with its card and history. Where it can't be written to its place, it is put elsewhere and
 * its checkpoint stays; where there is no room anywhere, it waits for some.
 *
 * @throws Error where it could be written nowhere, and the signal was raised while it waited.
 */
export async function keepResult(
  trained: TrainedNetwork,
  place: TakenPlace,
  tell: Tell<FinetuneEvent>,
  signal: AbortSignal,
): Promise<ResultFiles> {
  const { history } = trained;
  const { why, ...saved } = await savePatiently(trained, place, tell, signal);
  const { card, history: historyPath } = placeOf(saved.weights);
  const files = { ...saved, card, history: historyPath };
  const writeTexts = async () => {
    await write(card, cardText({ ...trained, path: saved.weights }));
    await write(historyPath, `${JSON.stringify(history, null, 1)}\n`);
  };
  let failed = await reasonNot(writeTexts);
  if (why === null) {
    await leavePlace({ ...place, made: null }, Object.values(files));
    if (failed !== null) failed = await reasonNot(writeTexts); // there is more room without the checkpoint
  } else {
    const message = `${place.save} could not be saved: ${why}. The trained network is in ${saved.weights}`;
    await tell({ type: "warning", message });
  }
  if (failed !== null) await tell({ type: "warning", message: failed });
  await tell({ type: "saved", ...files });
  return files;
}

/** Why some work can't be done; null where it was done. */
async function reasonNot(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** Milliseconds between two tries to save. */
const PATIENCE = 10_000;

async function savePatiently(
  { model, trainer, prepared }: TrainedNetwork,
  { save, overwrite }: TakenPlace,
  tell: Tell<FinetuneEvent>,
  signal: AbortSignal,
): Promise<SavedSomewhere> {
  for (;;) {
    try {
      return await trainer.survivingLoss(() =>
        saveSomewhere(model, save, prepared.info, overwrite),
      );
    } catch (error) {
      if (signal.aborted) throw error;
      await tell({ type: "waiting", why: messageOf(error), seconds: PATIENCE / 1000 });
      await pause(PATIENCE, signal);
    }
  }
}

function write(path: string, text: string): Promise<void> {
  return platform().writeFileAtomic(path, new TextEncoder().encode(text));
}
