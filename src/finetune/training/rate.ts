import { manualSeed } from "../../autograd/index.ts";
import { againIfLost, Trainer } from "../../train/index.ts";
import { lrFind } from "../../transfer/index.ts";
import type { FinetuneEvent } from "../events.ts";
import { freshNetwork } from "../network/build.ts";
import type { Prepared } from "../prepare.ts";
import type { FinetuneSettings } from "../settings/index.ts";
import type { Tell } from "../task.ts";
import type { TrainingPlan } from "./plan.ts";
import { freezeOthers } from "./trainable.ts";
import { trainerOptions } from "./trainer.ts";

/**
 * `findLr`: looks for a learning rate in a short run of what is going to be trained.
 *
 * @returns the settings with the rate that it suggests.
 * @throws the signal's reason when it is raised.
 */
export async function findRate(
  settings: FinetuneSettings,
  prepared: Prepared,
  plan: TrainingPlan,
  tell: Tell<FinetuneEvent>,
  signal: AbortSignal,
): Promise<FinetuneSettings> {
  const { train, trainTransform: transform } = prepared;
  const found = await againIfLost(async () => {
    manualSeed(plan.seed);
    const model = freshNetwork(prepared);
    freezeOthers(model, plan);
    const trainer = new Trainer(trainerOptions(model, train, plan));
    const { batchSize } = plan;
    const steps = settings.quick ? 10 : 100;
    const onProgress = (done: number, total: number) =>
      void tell({ type: "findingRate", done, total });
    const result = await lrFind(trainer, train, {
      batchSize,
      steps,
      transform,
      signal,
      onProgress,
    });
    trainer.dispose(); // the training needs the room now
    return result;
  });
  await tell({ type: "rateFound", ...found });
  const { findLr: _, ...others } = settings;
  return { ...others, lr: found.suggestion };
}
