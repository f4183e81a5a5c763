/** The bench's networks in jax-js: the whole step inside one `jit`, as its documentation advises. */
import {
  blockUntilReady,
  type Array as JaxArray,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from "@jax-js/jax";
import type { TrainingJob, Work } from "../engines/engine.ts";
import type { LayerWeights, Network } from "../engines/network.ts";

type Parameters = { weight: JaxArray; bias: JaxArray }[];

function toParameters({ layer, weight, bias }: LayerWeights): Parameters[number] {
  const { inputs, outputs } = layer;
  // Biases of convolutions are stored so that they broadcast over [N, C, H, W].
  return layer.kind === "conv"
    ? {
        weight: np.array(weight).reshape([outputs, inputs, 3, 3]),
        bias: np.array(bias).reshape([outputs, 1, 1]),
      }
    : { weight: np.array(weight).reshape([outputs, inputs]), bias: np.array(bias) };
}

/** Consumes the parameters and the images. */
function forward(network: Network, parameters: Parameters, images: JaxArray): JaxArray {
  let x = images;
  let next = 0;
  for (const layer of network.layers) {
    if (layer.kind === "pool") {
      x = lax.reduceWindow(x, np.max, [2, 2], [2, 2]);
      continue;
    }
    const { weight, bias } = parameters[next++];
    if (layer.kind === "conv") {
      x = nn.relu(lax.convGeneralDilated(x, weight, [1, 1], "SAME").add(bias));
    } else {
      x = np.dot(x.reshape([-1, layer.inputs]), np.transpose(weight)).add(bias);
    }
  }
  return x;
}

export async function prepareTraining(job: TrainingJob): Promise<Work> {
  const { network, batch, learningRate } = job;
  const { inputSize, classes } = network;
  const all = job.weights.map(toParameters);
  const frozen = all.filter((_, i) => !job.weights[i].trained);
  let learning = all.filter((_, i) => job.weights[i].trained);
  const images = np.array(batch.images).reshape([batch.size, 3, inputSize, inputSize]);
  const labels = np.array(batch.labels, { dtype: np.int32 });

  const loss = (trained: Parameters, fixed: Parameters, x: JaxArray, y: JaxArray) =>
    nn
      .logSoftmax(forward(network, [...fixed, ...trained], x))
      .mul(nn.oneHot(y, classes))
      .sum()
      .mul(-1 / batch.size);
  const step = jit((trained: Parameters, fixed: Parameters, x: JaxArray, y: JaxArray) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(trained), fixed, x, y);
    const updated = trained.map(({ weight, bias }, i) => ({
      weight: weight.sub(gradients[i].weight.mul(learningRate)),
      bias: bias.sub(gradients[i].bias.mul(learningRate)),
    }));
    return [value, updated] as [JaxArray, Parameters];
  });

  const losses: number[] = [];
  return {
    async run(times) {
      for (let i = 0; i < times; i++) {
        const [value, updated] = step(learning, tree.ref(frozen), images.ref, labels.ref);
        learning = updated;
        await blockUntilReady(updated);
        losses.push((await value.data())[0]);
      }
    },
    read: async () => losses,
    dispose() {
      step.dispose();
      tree.dispose([learning, frozen, images, labels]);
    },
  };
}
