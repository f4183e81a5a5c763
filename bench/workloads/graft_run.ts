/** A model of Graft under way, for what only Graft is asked. */
import { currentDevice } from "../../src/gpu/index.ts";
import type { nn, Tensor, Trainer, TrainerOptions } from "../../src/index.ts";
import type { TrainingJob } from "../engines/engine.ts";
import { buildTrainer, imagesTensor, labelsTensor } from "../engines/graft_model.ts";

export interface GraftRun {
  readonly model: nn.Module;
  readonly trainer: Trainer;
  readonly inputs: readonly [Tensor, Tensor];
  /** One captured step and its loss. */
  step(): Promise<number>;
  /** Bytes at the peak since the model was built, with what it needs itself. */
  peakBytes(): number;
  dispose(): void;
}

/** Builds and compiles; takes no step yet. */
export async function startRun(
  job: TrainingJob,
  options: Partial<TrainerOptions> = {},
): Promise<GraftRun> {
  const device = currentDevice();
  await device.synchronize();
  const before = device.memory().liveBytes;
  const { model, trainer } = buildTrainer(job, options);
  const inputs = [imagesTensor(job), labelsTensor(job)] as const;
  device.resetPeakMemory(); // what loading took is not the step's
  await trainer.trainStep.compile([...inputs]);
  return {
    model,
    trainer,
    inputs,
    async step() {
      const loss = await trainer.trainStep(...inputs).loss.item();
      await device.synchronize();
      return loss;
    },
    peakBytes: () => device.memory().peakBytes - before,
    dispose() {
      trainer.trainStep.dispose();
      for (const value of [...inputs, ...Object.values(model.stateDict())]) value.dispose();
    },
  };
}

/** Seconds of single steps, at most `most` and as many as fit into `seconds`. */
export async function stepTimes(run: GraftRun, most: number, seconds: number): Promise<number[]> {
  const times: number[] = [];
  const begun = performance.now();
  while (
    times.length < most &&
    (times.length === 0 || performance.now() - begun < 1000 * seconds)
  ) {
    const start = performance.now();
    await run.step();
    times.push((performance.now() - start) / 1000);
  }
  return times;
}
