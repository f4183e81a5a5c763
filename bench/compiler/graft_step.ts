/** A step of Graft: recorded, its kernels compiled, nothing run. */
import { recordStep } from "../../src/autograd/index.ts";
import { arrange, currentDevice } from "../../src/gpu/index.ts";
import { autocast, F, init, models, type nn, optim, type Tensor, tensor } from "../../src/index.ts";
import { buildModel } from "../engines/graft_model.ts";
import { trainingJob } from "../workloads/training.ts";
import { type Recorded, recordedOps } from "./graft_ops.ts";
import type { Launch } from "./log.ts";
import { isHalf, type StepCase, type TrainingStep, type ZooStep } from "./steps.ts";
import { threadsOf } from "./watch_pipelines.ts";
import { multiplyAddsOf } from "./work.ts";

function modelOf({ network, inputSize, batch, trained }: TrainingStep | ZooStep): nn.Module {
  if (network === "vgg16") return buildModel(trainingJob({ network, inputSize, batch, trained }));
  return models[network]({ numClasses: 10, inputSize });
}

function training(given: TrainingStep | ZooStep): Recorded {
  const model = modelOf(given);
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = new optim.SGD(trained, { lr: 0.003 });
  const { inputSize, batch } = given;
  const images = tensor(new Float32Array(batch * 3 * inputSize ** 2), {
    shape: [batch, 3, inputSize, inputSize],
  });
  // As `Trainer({ precision: "f16" })` does it.
  const scaler = isHalf(given) ? new optim.GradScaler() : null;
  const forward = (x: Tensor) => model.forward(x) as Tensor;
  const run = (x: Tensor, labels: Tensor) => {
    optimizer.zeroGrad();
    const outputs = scaler ? autocast(() => forward(x)).to("f32") : forward(x);
    const loss = F.crossEntropy(outputs, labels);
    (scaler?.scale(loss) ?? loss).backward();
    if (scaler) scaler.step(optimizer);
    else optimizer.step();
    scaler?.update();
  };
  return { run, inputs: [images, tensor(new Int32Array(batch))] };
}

/** @param adapter of the GPU that the kernels are for. */
export async function graftStep(given: StepCase, adapter: GPUAdapter): Promise<Launch[]> {
  await init({ adapter });
  const { run, inputs } = given.network ? training(given) : recordedOps(given.ops);
  const step = recordStep(run, inputs);
  const { launches, fixed } = arrange(step.recorder);
  const repeated = launches.slice(fixed); // what depends on constants alone is done once
  const { pipelines } = currentDevice();
  for (const { kernel } of repeated) pipelines.get(kernel);
  await pipelines.reports();
  return repeated.map(({ kernel, groups, storages, params }) => ({
    kernel: kernel.key,
    workgroups: groups[0] * groups[1] * groups[2],
    threads: threadsOf(kernel.source),
    bytes: storages.reduce((sum, { bytes }) => sum + bytes, 0),
    multiplyAdds: multiplyAddsOf(
      kernel.name,
      kernel.key,
      typeof params === "function" ? params() : params,
    ),
  }));
}
