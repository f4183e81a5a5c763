import { describe, expect, it } from "vitest";
import { F, type nn, type Tensor, tensor } from "webgraft";
import { expectClose } from "../ops/compare.ts";
import { labels, parameter, uniform } from "./weights.ts";

/** Relative, as DESIGN's contract with PyTorch says. */
const TOLERANCE = 1e-4;

/** What make_zoo.py writes of all networks. */
interface Zoo {
  readonly batch: number;
  readonly classes: number;
  readonly imageScale: number;
}

/** What it writes of one. */
interface Golden {
  readonly side: number;
  readonly logits: readonly number[];
  readonly loss: number;
  /** Of all parameters, in the order of their names. */
  readonly gradientNorms: readonly number[];
}

export interface GoldenNetwork {
  readonly name: string;
  readonly build: () => nn.Module;
  readonly golden: Golden;
  /** PyTorch's names and shapes, or what stands for them. */
  expectState(state: Readonly<Record<string, readonly number[]>>): void;
  /** Relative tolerance of gradients. Default 1e-4. */
  readonly gradients?: number;
}

/** Sets weights that Python makes alike. @returns the names of all tensors. */
function setWeights(model: nn.Module, { expectState }: GoldenNetwork): string[] {
  const shapes = Object.entries(model.stateDict()).map(([name, { shape }]) => [name, [...shape]]);
  expectState(Object.fromEntries(shapes));
  const values = (shapes as [string, number[]][]).map(([name, shape]) => [
    name,
    tensor(parameter(name, shape), { shape }),
  ]);
  model.loadStateDict(Object.fromEntries(values));
  model.eval();
  return shapes.map(([name]) => name as string);
}

async function norm(gradient: Tensor | null): Promise<number> {
  if (!gradient) return Number.NaN;
  const values = Float64Array.from(await gradient.data());
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
}

async function check(network: GoldenNetwork, zoo: Zoo): Promise<void> {
  const { golden, gradients: tolerance = TOLERANCE } = network;
  const { batch, classes, imageScale } = zoo;
  const model = network.build();
  const state = setWeights(model, network);
  const shape = [batch, 3, golden.side, golden.side];
  const images = tensor(uniform("images.0", shape, imageScale), { shape });
  const logits = model.forward(images) as Tensor;
  const loss = F.crossEntropy(logits, tensor(labels("labels.0", batch, classes)));
  loss.backward();
  expectClose("logits", await logits.data(), golden.logits, logits.shape, TOLERANCE);
  expectClose("loss", [await loss.item()], [golden.loss], [1], TOLERANCE);
  const gradients = new Map(model.namedParameters().map(([path, { grad }]) => [path, grad]));
  const names = state.filter((path) => !path.includes(".running_")).sort();
  expect(names).toHaveLength(golden.gradientNorms.length);
  const norms = await Promise.all(names.map((path) => norm(gradients.get(path)!)));
  norms.forEach((found, i) => {
    const wanted = [golden.gradientNorms[i]!];
    expectClose(`gradient of ${names[i]}`, [found], wanted, [1], tolerance);
  });
  for (const one of Object.values(model.stateDict())) one.dispose();
}

/** Tests of networks against PyTorch: names and shapes of all tensors, logits, loss, the norm of every gradient. */
export function describeZoo(networks: readonly GoldenNetwork[], zoo: Zoo): void {
  describe.each(networks)("$name", { timeout: 600_000 }, (network) => {
    it("computes PyTorch's logits, loss and gradients", () => check(network, zoo));
  });
}
