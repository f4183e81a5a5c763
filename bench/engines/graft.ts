import { matmul, noGrad } from "../../src/autograd/index.ts";
import { currentDevice } from "../../src/gpu/index.ts";
import { init, tensor } from "../../src/index.ts";
import type { Engine, Environment, TrainingJob, Work } from "./engine.ts";
import { buildTrainer, imagesTensor, labelsTensor } from "./graft_model.ts";

async function prepareMatmul(n: number, a: Float32Array, b: Float32Array): Promise<Work> {
  const [x, y] = [a, b].map((values) => tensor(values, { shape: [n, n] }));
  let out = noGrad(() => matmul(x, y));
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        out.dispose();
        out = noGrad(() => matmul(x, y));
      }
      await currentDevice().synchronize();
    },
    read: () => out.data(),
    dispose() {
      for (const value of [x, y, out]) value.dispose();
    },
  };
}

async function prepareTraining(job: TrainingJob): Promise<Work> {
  const { model, trainer } = buildTrainer(job);
  const inputs = [imagesTensor(job), labelsTensor(job)] as const;
  const losses: number[] = [];
  return {
    async run(times) {
      if (losses.length === 0) await trainer.trainStep.compile([...inputs]);
      for (let i = 0; i < times; i++) losses.push(await trainer.trainStep(...inputs).loss.item());
      await currentDevice().synchronize();
    },
    read: async () => losses,
    dispose() {
      trainer.trainStep.dispose();
      for (const value of [...inputs, ...Object.values(model.stateDict())]) value.dispose();
    },
  };
}

/** This project's engine, as its users meet it: eager operations, and Trainer's captured step. */
export function createEngine({ requestAdapter }: Environment): Engine {
  return {
    name: "graft",
    async start() {
      const adapter = await requestAdapter();
      if (!adapter) throw new Error("there is no WebGPU adapter");
      return (await init({ adapter })).gpu;
    },
    matmul: prepareMatmul,
    train: prepareTraining,
  };
}
