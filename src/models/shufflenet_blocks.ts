import { channelShuffle, chunk, concat, type Tensor } from "../autograd/index.ts";
import { BatchNorm2d, Conv2d, Module, ReLU, Sequential } from "../nn/index.ts";
import { convTensors, normTensors } from "./layer_tensors.ts";
import type { NamedShape } from "./spec.ts";

/** A convolution without bias and its normalisation, where it has one with its ReLU. */
type Layer = readonly ["pointwise" | "depthwise", inputs: number, outputs: number, stride: number];

function layersOf(branch: readonly Layer[]): Sequential {
  return new Sequential(
    ...branch.flatMap(([kind, inputs, outputs, stride]) => {
      if (kind === "pointwise") {
        return [
          new Conv2d(inputs, outputs, 1, { bias: false }),
          new BatchNorm2d(outputs),
          new ReLU(),
        ];
      }
      const options = { stride, padding: 1, groups: inputs, bias: false };
      return [new Conv2d(inputs, outputs, 3, options), new BatchNorm2d(outputs)];
    }),
  );
}

export type ShuffleBlockShape = readonly [inputs: number, outputs: number, stride: number];

/** The two branches of a block, of `outputs` channels together; the first is empty where only half the input is changed. */
function branchesOf([inputs, outputs, stride]: ShuffleBlockShape): [Layer[], Layer[]] {
  const half = outputs / 2;
  const second: Layer[] = [
    ["pointwise", stride > 1 ? inputs : half, half, 1],
    ["depthwise", half, half, stride],
    ["pointwise", half, half, 1],
  ];
  if (stride === 1) return [[], second];
  const first: Layer[] = [
    ["depthwise", inputs, inputs, stride],
    ["pointwise", inputs, half, 1],
  ];
  return [first, second];
}

/** With stride 1 half of the channels pass by unchanged; with stride 2 both branches see all of them. */
export class ShuffleBlock extends Module {
  readonly branch1: Sequential;
  readonly branch2: Sequential;
  readonly #halves: boolean;

  constructor(shape: ShuffleBlockShape) {
    super();
    const [first, second] = branchesOf(shape);
    this.branch1 = layersOf(first);
    this.branch2 = layersOf(second);
    this.#halves = first.length === 0;
  }

  override forward(x: Tensor): Tensor {
    const [left, right] = this.#halves ? chunk(x, 2, 1) : [x, x];
    const sides = [this.branch1.forward(left!), this.branch2.forward(right!)];
    const joined = concat(sides, 1);
    const out = channelShuffle(joined, 2);
    for (const used of [...sides, joined]) used.dispose();
    return out;
  }
}

function branchTensors(name: string, branch: readonly Layer[]): NamedShape[] {
  let at = 0;
  return branch.flatMap(([kind, inputs, outputs]) => {
    const shape =
      kind === "pointwise" ? ([outputs, inputs, 1, 1] as const) : ([outputs, 1, 3, 3] as const);
    const tensors = [
      ...convTensors(`${name}.${at}`, shape, { bias: false }),
      ...normTensors(`${name}.${at + 1}`, outputs),
    ];
    at += kind === "pointwise" ? 3 : 2;
    return tensors;
  });
}

/** Names and shapes of a block's tensors. */
export function shuffleBlockTensors(name: string, shape: ShuffleBlockShape): NamedShape[] {
  const [first, second] = branchesOf(shape);
  return [...branchTensors(`${name}.branch1`, first), ...branchTensors(`${name}.branch2`, second)];
}
