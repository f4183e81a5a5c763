import {
  elu,
  full,
  gelu,
  hardsigmoid,
  hardswish,
  leakyRelu,
  logSoftmax,
  mish,
  prelu,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  type Tensor,
  tanh,
} from "../autograd/index.ts";
import { checkOptions } from "../base/index.ts";
import { Module } from "./module.ts";

/** A module without parameters around a function of one tensor. */
export interface Activation extends Module {
  forward(input: Tensor): Tensor;
}

/* @__NO_SIDE_EFFECTS__ */
function activation(name: string, apply: (input: Tensor) => Tensor): new () => Activation {
  const layer = class extends Module {
    override forward(input: Tensor): Tensor {
      return apply(input);
    }
  };
  Object.defineProperty(layer, "name", { value: name });
  return layer;
}

/** max(x, 0). */
export const ReLU = activation("ReLU", (x) => relu(x));
/** x within 0 and 6. */
export const ReLU6 = activation("ReLU6", (x) => relu6(x));
/** x · sigmoid(x), also called swish. */
export const SiLU = activation("SiLU", (x) => silu(x));
/** x · hardsigmoid(x): SiLU in straight pieces (Howard et al. 2019). */
export const Hardswish = activation("Hardswish", (x) => hardswish(x));
/** x / 6 + 1/2 within 0 and 1. */
export const Hardsigmoid = activation("Hardsigmoid", (x) => hardsigmoid(x));
/** 1 / (1 + exp(−x)). */
export const Sigmoid = activation("Sigmoid", (x) => sigmoid(x));
/** The hyperbolic tangent. */
export const Tanh = activation("Tanh", (x) => tanh(x));
/** The self-normalising ELU (Klambauer et al. 2017, https://arxiv.org/abs/1706.02515). */
export const SELU = activation("SELU", (x) => selu(x));
/** x · tanh(log(1 + exp(x))) (Misra 2019, https://arxiv.org/abs/1908.08681). */
export const Mish = activation("Mish", (x) => mish(x));

/** log(1 + exp(beta · x)) / beta, a smooth ReLU. */
export class Softplus extends Module {
  constructor(readonly beta = 1) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return softplus(input, this.beta);
  }
}

/** The layers without parameters by the names of their functions, as graphs of networks call them. */
export const activations = {
  relu: ReLU,
  relu6: ReLU6,
  silu: SiLU,
  hardswish: Hardswish,
  hardsigmoid: Hardsigmoid,
  sigmoid: Sigmoid,
  tanh: Tanh,
  selu: SELU,
  softplus: Softplus,
  mish: Mish,
};

/** x for x ≥ 0, slope·x below. */
export class LeakyReLU extends Module {
  constructor(readonly negativeSlope = 0.01) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return leakyRelu(input, this.negativeSlope);
  }
}

/** x for x ≥ 0, slope · x below, with trained slopes: one for all, or `numParameters`, one for each channel. */
export class PReLU extends Module {
  weight: Tensor;

  /** @param options.init what the slopes begin with. Default 0.25. */
  constructor(numParameters = 1, options: { init?: number } = {}) {
    super();
    checkOptions("PReLU", options, ["init"]);
    this.weight = full([numParameters], options.init ?? 0.25, { requiresGrad: true });
  }

  override forward(input: Tensor): Tensor {
    return prelu(input, this.weight);
  }
}

/** x for x ≥ 0, α(eˣ − 1) below. */
export class ELU extends Module {
  constructor(readonly alpha = 1) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return elu(input, this.alpha);
  }
}

export class GELU extends Module {
  constructor(readonly options: { approximate?: "none" | "tanh" } = {}) {
    super();
    checkOptions("GELU", options, ["approximate"]);
  }

  override forward(input: Tensor): Tensor {
    return gelu(input, this.options);
  }
}

/** Softmax along `dim`; losses take logits, so a training model rarely needs it. */
export class Softmax extends Module {
  constructor(readonly dim = 1) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return softmax(input, this.dim);
  }
}

/** The logarithm of softmax along `dim`: what NLLLoss takes. */
export class LogSoftmax extends Module {
  constructor(readonly dim = 1) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return logSoftmax(input, this.dim);
  }
}
