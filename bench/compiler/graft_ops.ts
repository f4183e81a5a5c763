/** Functions outside of the networks of steps.ts, so that their kernels are compiled too. */
import { F, optim, type Tensor, tensor } from "../../src/index.ts";

export type OpsName = "products" | "functions" | "layers" | "losses" | "optimizers";

/** What is recorded: a function of tensors. */
export interface Recorded {
  readonly run: (...inputs: Tensor[]) => void;
  readonly inputs: Tensor[];
}

const zeros = (...shape: number[]) =>
  tensor(new Float32Array(shape.reduce((all, size) => all * size, 1)), { shape });

const parameter = (...shape: number[]) =>
  tensor(new Float32Array(shape.reduce((all, size) => all * size, 1)), {
    shape,
    requiresGrad: true,
  });

/** NN, and as gradients NT and TN. The small ones go by blocks of 64 × 64, the large by 128 × 128. */
function products(): Recorded {
  const sizes = [512, 2048];
  const operands = sizes.map((size) => [parameter(size, size), parameter(size, size)] as const);
  const run = () => {
    for (const [a, b] of operands) F.matmul(a, b).sum().backward();
  };
  return { run, inputs: [] };
}

function functions(): Recorded {
  const x = parameter(8, 32, 28, 28);
  const run = () => {
    F.localResponseNorm(x, 5).sum().backward();
    F.cumsum(x, 1).sum().backward();
    F.cumsum(x, -1).sum().backward();
    F.sort(x, -1).values.sum().backward();
    F.sort(F.reshape(x, [8, -1]), -1)
      .values.sum()
      .backward();
    F.topk(x, 5, -1).values.sum().backward();
    F.groupNorm(x, 8).sum().backward();
    F.rmsNorm(x, [28]).sum().backward();
  };
  return { run, inputs: [] };
}

/** What no network of steps.ts has, of its layers' sizes, and what it is made of. */
function layers(): Recorded {
  const x = parameter(8, 32, 28, 28);
  const line = parameter(8, 32, 784);
  const kernel = parameter(32, 32, 3, 3);
  const slopes = parameter(32);
  const tokens = parameter(8, 4, 196, 64);
  const places = tensor(new Int32Array(8 * 32 * 28 * 28), { shape: [8, 32, 28, 28] });
  const mask = zeros(8, 32, 28, 28);
  const run = () => {
    const all = [
      F.convTranspose2d(x, kernel, null, { stride: 2, padding: 1, outputPadding: 1 }),
      F.conv2d(x, parameter(32, 8, 3, 3), null, { groups: 4, padding: 2, dilation: 2 }),
      F.conv1d(line, parameter(32, 32, 5), null, { padding: 2 }),
      F.maxPool1d(line, { kernelSize: 2 }),
      F.avgPool1d(line, { kernelSize: 2 }),
      F.avgPool2d(x, { kernelSize: 3, stride: 2, padding: 1 }),
      F.adaptiveAvgPool2d(x, 7),
      F.adaptiveMaxPool2d(x, 7),
      F.interpolate(x, { scaleFactor: 2 }),
      F.interpolate(x, { scaleFactor: 2, mode: "bilinear" }),
      F.pixelShuffle(x, 2),
      F.pixelUnshuffle(x, 2),
      F.channelShuffle(x, 4),
      F.instanceNorm(x),
      F.prelu(x, slopes),
      F.scaledDotProductAttention(tokens, tokens, tokens),
      F.einsum("bhid,bhjd->bhij", tokens, tokens),
      F.gather(x, 1, places),
      F.scatterAdd(x, 1, places, x),
      F.flip(x, [2]),
      F.roll(x, 1, 2),
      F.pad(x, [1, 1, 1, 1]),
      F.where(F.gt(mask, 0), x, mask),
      F.dropout(x, 0.5),
      F.logSoftmax(x, 1),
      F.pow(x, 3),
      F.std(x, 1),
      F.amax(x, [2, 3]),
      F.max(x, 1).values,
      ...[F.selu, F.mish, F.erf, F.elu, F.gelu, F.softplus, F.leakyRelu, F.hardsigmoid].map((f) =>
        f(x),
      ),
    ];
    for (const one of all) one.sum().backward();
  };
  return { run, inputs: [] };
}

function losses(): Recorded {
  const rows = () => parameter(64, 128);
  const [x, y, z] = [rows(), rows(), rows()];
  const run = (target: Tensor, signs: Tensor) => {
    const all = [
      F.mseLoss(x, target),
      F.l1Loss(x, target),
      F.smoothL1Loss(x, target),
      F.huberLoss(x, target),
      F.klDiv(x, target),
      F.binaryCrossEntropy(x, target),
      F.binaryCrossEntropyWithLogits(x, target),
      F.tripletMarginLoss(x, y, z),
      F.cosineEmbeddingLoss(x, y, signs),
    ];
    for (const loss of all) loss.backward();
  };
  return { run, inputs: [zeros(64, 128), zeros(64)] };
}

/** Each takes a step of its own tensors. */
function optimizers(): Recorded {
  const kinds = [
    ...[optim.SGD, optim.Adam, optim.AdamW, optim.RMSprop, optim.Adagrad],
    ...[optim.NAdam, optim.RAdam, optim.Lion, optim.LAMB],
  ];
  const steps = kinds.map((Kind) => {
    const tensors = [parameter(512, 512), parameter(512)];
    return { tensors, optimizer: new Kind(tensors, { lr: 0.01 }) };
  });
  const run = () => {
    for (const { tensors, optimizer } of steps) {
      optimizer.zeroGrad();
      for (const one of tensors) F.square(one).sum().backward();
      optimizer.step();
    }
  };
  return { run, inputs: [] };
}

const RECORDED: Readonly<Record<OpsName, () => Recorded>> = {
  products,
  functions,
  layers,
  losses,
  optimizers,
};

export const recordedOps = (name: OpsName): Recorded => RECORDED[name]();
