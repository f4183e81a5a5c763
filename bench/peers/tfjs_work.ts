/** The bench's work in TensorFlow.js, as its documentation teaches it: `tf.tidy`, fused convolutions, `tf.train.sgd`. */
import * as tf from "@tensorflow/tfjs";
import type { TrainingJob, Work } from "../engines/engine.ts";
import type { LayerWeights } from "../engines/network.ts";
import { channelsLast, flattenedChannelsLast, transposed, weightsChannelsLast } from "./layouts.ts";

/** Reading one number back is the only way to wait that all of its backends have; the queue is in order. */
async function finish(value: tf.Tensor): Promise<void> {
  const first = tf.tidy(() => tf.slice(tf.reshape(value, [-1]), [0], [1]));
  await first.data();
  first.dispose();
}

export async function prepareMatmul(n: number, a: Float32Array, b: Float32Array): Promise<Work> {
  const [x, y] = [a, b].map((values) => tf.tensor(values, [n, n]));
  let out = tf.matMul(x, y);
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        out.dispose();
        out = tf.matMul(x, y);
      }
      await finish(out);
    },
    read: () => out.data(),
    dispose: () => tf.dispose([x, y, out]),
  };
}

interface Variables {
  readonly conv: boolean;
  readonly weight: tf.Variable;
  readonly bias: tf.Variable;
  readonly trained: boolean;
}

function toVariables({ layer, weight, bias, trained }: LayerWeights): Variables {
  const { inputs, outputs } = layer;
  const values =
    layer.kind === "conv"
      ? tf.tensor(weightsChannelsLast(weight, outputs, inputs), [3, 3, inputs, outputs])
      : tf.tensor(transposed(flattenedChannelsLast(weight, outputs, layer.side), outputs, inputs), [
          inputs,
          outputs,
        ]);
  return {
    conv: layer.kind === "conv",
    weight: tf.variable(values, trained),
    bias: tf.variable(tf.tensor(bias, [outputs]), trained),
    trained,
  };
}

function forward(job: TrainingJob, variables: readonly Variables[], images: tf.Tensor): tf.Tensor {
  let x = images;
  let next = 0;
  for (const layer of job.network.layers) {
    if (layer.kind === "pool") {
      x = tf.maxPool(x, 2, 2, "valid");
      continue;
    }
    const { weight, bias } = variables[next++];
    x =
      layer.kind === "conv"
        ? tf.fused.conv2d({ x, filter: weight, strides: 1, pad: "same", bias, activation: "relu" })
        : tf.add(tf.matMul(tf.reshape(x, [job.batch.size, layer.inputs]), weight), bias);
  }
  return x;
}

export async function prepareTraining(job: TrainingJob): Promise<Work> {
  const { network, batch } = job;
  const { inputSize, classes } = network;
  const variables = tf.tidy(() => job.weights.map(toVariables));
  const trained = variables.filter((v) => v.trained).flatMap((v) => [v.weight, v.bias]);
  const images = tf.tensor(channelsLast(batch.images, batch.size, 3, inputSize ** 2), [
    batch.size,
    inputSize,
    inputSize,
    3,
  ]);
  const targets = tf.tidy(() => tf.oneHot(tf.tensor(batch.labels, [batch.size], "int32"), classes));
  const optimizer = tf.train.sgd(job.learningRate);
  const loss = () => tf.losses.softmaxCrossEntropy(targets, forward(job, variables, images));
  const losses: number[] = [];
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        const cost = optimizer.minimize(loss, true, trained);
        if (!cost) throw new Error("optimizer.minimize returned no loss");
        losses.push((await cost.data())[0]);
        cost.dispose();
      }
      await finish(trained[0]);
    },
    read: async () => losses,
    dispose() {
      optimizer.dispose();
      tf.dispose([images, targets, ...variables.flatMap((v) => [v.weight, v.bias])]);
    },
  };
}
