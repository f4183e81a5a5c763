/** The bench's networks as Graft's models. */
import {
  models,
  nn,
  optim,
  type Tensor,
  Trainer,
  type TrainerOptions,
  tensor,
  transfer,
} from "../../src/index.ts";
import type { TrainingJob } from "./engine.ts";
import type { LayerWeights, Network } from "./network.ts";

function vgg16({ inputSize, classes }: Network): nn.Module {
  const model = models.vgg16({ includeTop: false, inputSize });
  transfer.replaceHead(model, classes);
  return model;
}

function sequential({ layers }: Network): nn.Module {
  const modules = layers.flatMap((layer): nn.Module[] => {
    if (layer.kind === "pool") return [new nn.MaxPool2d(2)];
    if (layer.kind === "linear") {
      return [new nn.Flatten(), new nn.Linear(layer.inputs, layer.outputs)];
    }
    return [new nn.Conv2d(layer.inputs, layer.outputs, 3, { padding: 1 }), new nn.ReLU()];
  });
  return new nn.Sequential(...modules);
}

function loadWeights(model: nn.Module, weights: readonly LayerWeights[]): void {
  const weighted = [...model.namedModules()].filter(
    ([, module]) => module instanceof nn.Conv2d || module instanceof nn.Linear,
  );
  weights.forEach(({ layer, weight, bias, trained }, i) => {
    const [, module] = weighted[i];
    module.requiresGrad_(trained);
    const { inputs, outputs } = layer;
    const shape = layer.kind === "conv" ? [outputs, inputs, 3, 3] : [outputs, inputs];
    const state = { weight: tensor(weight, { shape }), bias: tensor(bias) };
    module.loadStateDict(state);
    for (const value of Object.values(state)) value.dispose(); // so that the model never needs its size twice
  });
}

export function buildModel({ network, weights }: TrainingJob): nn.Module {
  const model = network.name === "vgg16" ? vgg16(network) : sequential(network);
  loadWeights(model, weights);
  return model;
}

export function buildTrainer(
  job: TrainingJob,
  options: Partial<TrainerOptions> = {},
): { model: nn.Module; trainer: Trainer } {
  const model = buildModel(job);
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = new optim.SGD(trained, { lr: job.learningRate });
  return { model, trainer: new Trainer({ model, optimizer, ...options }) };
}

export function imagesTensor({ network, batch }: TrainingJob): Tensor {
  return tensor(batch.images, { shape: [batch.size, 3, network.inputSize, network.inputSize] });
}

export function labelsTensor({ batch }: TrainingJob): Tensor {
  return tensor(batch.labels);
}

/** Losses of the same steps run eagerly: nothing recorded, nothing replayed. */
export async function eagerLosses(job: TrainingJob, steps: number): Promise<number[]> {
  const model = buildModel(job);
  const trained = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const optimizer = new optim.SGD(trained, { lr: job.learningRate });
  const criterion = new nn.CrossEntropyLoss();
  const [images, labels] = [imagesTensor(job), labelsTensor(job)];
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    optimizer.zeroGrad();
    const loss = criterion.forward(model.forward(images) as Tensor, labels);
    loss.backward();
    optimizer.step();
    losses.push(await loss.item());
  }
  for (const value of [images, labels, ...Object.values(model.stateDict())]) value.dispose();
  return losses;
}
