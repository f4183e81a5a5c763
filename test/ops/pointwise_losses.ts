import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  huberLoss,
  klDiv,
  l1Loss,
  mseLoss,
  smoothL1Loss,
  type Tensor,
  tensor,
  zeros,
} from "../../src/autograd/index.ts";
import { mistyped } from "../mistyped.ts";
import type { OpInfo, Sample, SampleInput } from "./op_info.ts";
import { broadcastIndex, generate, reduceRef } from "./reference/array.ts";

type Reduction = "mean" | "sum" | "none";
const reductions: readonly Reduction[] = ["mean", "sum", "none"];

interface Case {
  readonly name: string;
  readonly run: (x: Tensor, y: Tensor, reduction: Reduction) => Tensor;
  readonly loss: (x: number, y: number) => number;
  /** Where the loss is defined. */
  readonly domains?: readonly [(v: number) => number, (v: number) => number];
}

/** From 0.01 to 0.99. */
const probability = (v: number) => 0.5 + 0.49 * v;

const huber = (d: number, beta: number) => (d < beta ? (d * d) / (2 * beta) : d - beta / 2);

const cases: readonly Case[] = [
  {
    name: "mseLoss",
    run: (x, y, reduction) => mseLoss(x, y, { reduction }),
    loss: (x, y) => (x - y) ** 2,
  },
  {
    name: "l1Loss",
    run: (x, y, reduction) => l1Loss(x, y, { reduction }),
    loss: (x, y) => Math.abs(x - y),
  },
  {
    name: "smoothL1Loss",
    run: (x, y, reduction) => smoothL1Loss(x, y, { reduction, beta: 0.4 }),
    loss: (x, y) => huber(Math.abs(x - y), 0.4),
  },
  {
    name: "smoothL1Loss beta 0",
    run: (x, y, reduction) => smoothL1Loss(x, y, { reduction, beta: 0 }),
    loss: (x, y) => Math.abs(x - y),
  },
  {
    name: "huberLoss",
    run: (x, y, reduction) => huberLoss(x, y, { reduction, delta: 0.4 }),
    loss: (x, y) => 0.4 * huber(Math.abs(x - y), 0.4),
  },
  {
    name: "binaryCrossEntropy",
    run: (x, y, reduction) => binaryCrossEntropy(x, y, { reduction }),
    loss: (x, y) => -y * Math.log(x) - (1 - y) * Math.log1p(-x),
    domains: [probability, probability],
  },
  {
    name: "klDiv",
    run: (x, y, reduction) => klDiv(x, y, { reduction }),
    loss: (x, y) => y * (Math.log(y) - x),
    domains: [(v) => 2 * v, probability],
  },
  {
    name: "klDiv of logarithms",
    run: (x, y, reduction) => klDiv(x, y, { reduction, logTarget: true }),
    loss: (x, y) => Math.exp(y) * (y - x),
    domains: [(v) => 2 * v, (v) => v],
  },
];

const nearby: NonNullable<Case["domains"]> = [(v) => v, (v) => 0.7 * v + 0.013];

function samplesOf({ name, run, loss, domains = nearby }: Case): Sample[] {
  const shapes = [[], [7], [3, 5, 2], [2, 4099]];
  return reductions.flatMap((reduction) =>
    shapes.map((shape) => ({
      label: `${name} ${reduction} [${shape}]`,
      inputs: domains.map((map) => ({ shape, map })),
      run: (x: Tensor, y: Tensor) => run(x, y, reduction),
      reference: (x, y) =>
        reduceRef(
          generate(x.shape, (i) => loss(x.data[i]!, y.data[i]!)),
          reduction,
        ),
    })),
  );
}

/** Weights by their shapes; values in 0.2…1.8. */
interface Weights {
  readonly weight?: number[];
  readonly posWeight?: number[];
}

function bce(shape: number[], reduction: Reduction, weights: Weights = {}): Sample {
  const given = (["weight", "posWeight"] as const).filter((role) => weights[role]);
  const extra: SampleInput[] = given.map((role) => ({
    shape: weights[role]!,
    map: (v) => 1 + 0.8 * v,
    grad: false,
  }));
  return {
    label: `binaryCrossEntropyWithLogits ${reduction} [${shape}] ${JSON.stringify(weights)}`,
    inputs: [{ shape, map: (v) => 6 * v }, { shape, map: (v) => 0.5 + 0.5 * v }, ...extra],
    run: (x, y, ...rest) =>
      binaryCrossEntropyWithLogits(x, y, {
        reduction,
        ...Object.fromEntries(given.map((role, i) => [role, rest[i]])),
      }),
    reference: (x, y, ...rest) => {
      const at = (role: "weight" | "posWeight", i: number) => {
        const values = rest[given.indexOf(role)];
        return values ? values.data[broadcastIndex(i, x.shape, values.shape)]! : 1;
      };
      const losses = generate(x.shape, (i) => {
        const logit = x.data[i]!;
        const negative = Math.max(-logit, 0) + Math.log1p(Math.exp(-Math.abs(logit)));
        const target = y.data[i]!;
        const positive = at("posWeight", i) * target * negative;
        return at("weight", i) * (positive + (1 - target) * (logit + negative));
      });
      return reduceRef(losses, reduction);
    },
  };
}

export const info: OpInfo = {
  ops: [
    ...["mseLoss", "l1Loss", "smoothL1Loss", "binaryCrossEntropyWithLogits"],
    ...["binaryCrossEntropy", "klDiv", "klDivOfLogarithms"],
  ],
  samples: [
    ...cases.flatMap(samplesOf),
    ...reductions.flatMap((reduction) => [
      bce([3, 5], reduction),
      bce([4, 3], reduction, { posWeight: [3] }),
      bce([4, 3], reduction, { weight: [4, 3], posWeight: [1] }),
      bce([2, 3, 5], reduction, { weight: [1, 5] }),
    ]),
    bce([], "mean"),
    {
      label: "binaryCrossEntropy with a weight, of a probability near 0",
      inputs: [
        { shape: [2, 3], values: [1e-6, 0.5, 0.9, 1e-4, 0.02, 0.3], grad: false },
        { shape: [2, 3], values: [0, 1, 0, 0, 0, 0], grad: false },
        { shape: [3], values: [1, 2, 0.5], grad: false },
      ],
      run: (x, y, weight) => binaryCrossEntropy(x, y, { weight: weight!, reduction: "none" }),
      reference: (x, y, weight) =>
        generate(x.shape, (i) => {
          const [p, target] = [x.data[i]!, y.data[i]!];
          return -weight!.data[i % 3]! * (target ? Math.log(p) : Math.log1p(-p));
        }),
      tolerance: 1e-6,
    },
    {
      label: "binaryCrossEntropy of 0 and 1: logarithms end at -100",
      inputs: [
        { shape: [4], values: [0, 1, 0, 1], grad: false },
        { shape: [4], values: [1, 0, 0, 1], grad: false },
      ],
      run: (x, y) => binaryCrossEntropy(x, y, { reduction: "none" }),
      reference: () => ({ shape: [4], data: Float64Array.of(100, 100, 0, 0) }),
    },
    {
      label: "klDiv with targets of 0, over the batch",
      inputs: [
        { shape: [2, 3], map: (v) => v - 2 },
        { shape: [2, 3], values: [0, 0.25, 0.75, 1, 0, 0], grad: false },
      ],
      run: (x, y) => klDiv(x, y, { reduction: "batchmean" }),
      reference: (x, y) => {
        const terms = y.data.map((t, i) => (t > 0 ? t * (Math.log(t) - x.data[i]!) : 0));
        return { shape: [], data: Float64Array.of(terms.reduce((a, b) => a + b) / 2) };
      },
    },
    bce([2, 3, 4], "mean", { weight: [2, 1, 1], posWeight: [3, 1] }),
    bce([3, 4099], "mean", { posWeight: [4099] }),
    {
      ...bce([4], "none"),
      label: "binaryCrossEntropyWithLogits of large logits",
      inputs: [
        { shape: [4], values: [1000, -1000, 90, -90], grad: false },
        { shape: [4], values: [1, 0, 0, 1], grad: false },
      ],
    },
    {
      label: "mseLoss over 65,535 workgroups",
      inputs: [
        { shape: [4_200_001], grad: false },
        { shape: [4_200_001], grad: false },
      ],
      run: (x, y) => mseLoss(x, y, { reduction: "none" }),
      reference: (x, y) => generate(x.shape, (i) => (x.data[i]! - y.data[i]!) ** 2),
    },
  ],
  errors: [
    {
      label: "mseLoss of two shapes",
      run: () => mseLoss(zeros([2, 3]), zeros([3])),
      error: /mseLoss: target has shape \[3\]; the input's shape needs \[2, 3\]/,
    },
    {
      label: "l1Loss with an unknown reduction",
      run: () => l1Loss(zeros([2]), zeros([2]), mistyped({ reduction: "max" })),
      error: /l1Loss: reduction is "max"; it must be one of "mean", "sum", "none"/,
    },
    {
      label: "huberLoss with a delta of 0",
      run: () => huberLoss(zeros([2]), zeros([2]), { delta: 0 }),
      error: /huberLoss: delta must be above 0/,
    },
    {
      label: "klDiv with an unknown reduction",
      run: () => klDiv(zeros([2]), zeros([2]), mistyped({ reduction: "batch" })),
      error: /klDiv: reduction is "batch"; it must be one of "mean", "sum", "none", "batchmean"/,
    },
    {
      label: "binaryCrossEntropy with posWeight",
      run: () => binaryCrossEntropy(zeros([2]), zeros([2]), mistyped({ posWeight: zeros([2]) })),
      error: /binaryCrossEntropy: unknown option "posWeight"/,
    },
    {
      label: "smoothL1Loss with a negative beta",
      run: () => smoothL1Loss(zeros([2]), zeros([2]), { beta: -1 }),
      error: /smoothL1Loss: beta is -1; it must be a number of at least 0/,
    },
    {
      label: "binaryCrossEntropyWithLogits with integer targets",
      run: () => binaryCrossEntropyWithLogits(zeros([2]), tensor(Int32Array.of(0, 1))),
      error: /binaryCrossEntropyWithLogits: target has dtype i32/,
    },
    {
      label: "binaryCrossEntropyWithLogits with a weight larger than the input",
      run: () => binaryCrossEntropyWithLogits(zeros([3]), zeros([3]), { weight: zeros([2, 3]) }),
      error: /weight has shape \[2, 3\]; it must fit input of shape \[3\]/,
    },
    {
      label: "binaryCrossEntropyWithLogits with a weight that doesn't fit",
      run: () =>
        binaryCrossEntropyWithLogits(zeros([4, 3]), zeros([4, 3]), { posWeight: zeros([4]) }),
      error: /posWeight: shapes \[4\] and \[4, 3\] can't be broadcast together/,
    },
  ],
};
