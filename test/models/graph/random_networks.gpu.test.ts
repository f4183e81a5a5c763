/** What is saved can be loaded: networks put together at random, written to each format that describes networks. */
import { expect, it } from "vitest";
import { F, formats, manualSeed, models, nn, noGrad, randn, type Tensor, transfer } from "webgraft";
import { expectClose } from "../../ops/compare.ts";
import { random } from "../../ops/seeded.ts";

const CHANNELS = 8;
const SIZE = 12;
const BLOCKS = 6;

type Choose = <T>(list: readonly T[]) => T;

const ACTIVATIONS: readonly ((x: Tensor) => Tensor)[] = [
  F.relu,
  F.relu6,
  F.hardswish,
  F.silu,
  F.sigmoid,
  F.tanh,
  F.selu,
  F.softplus,
  F.mish,
  F.abs,
  (x) => F.leakyRelu(x, 0.1),
  (x) => F.elu(x),
];

/** Layers and what is done with them; the number of channels stays. */
class Block extends nn.Module {
  constructor(
    readonly layers: nn.ModuleList,
    private readonly apply: (x: Tensor, ...layers: nn.Module[]) => Tensor,
  ) {
    super();
  }

  override forward(x: Tensor): Tensor {
    return this.apply(x, ...this.layers);
  }
}

function block(
  apply: (x: Tensor, ...layers: nn.Module[]) => Tensor,
  ...layers: nn.Module[]
): Block {
  return new Block(new nn.ModuleList(...layers), apply);
}

const run = (layer: nn.Module | undefined, x: Tensor) => layer!.forward(x) as Tensor;
const conv = (inputs = CHANNELS, options = {}) =>
  new nn.Conv2d(inputs, CHANNELS, 3, { padding: 1, ...options });

/** One block of each kind that people build networks from. */
function blocks(choose: Choose): (() => nn.Module)[] {
  const activate = choose(ACTIVATIONS);
  const enlarged = { scaleFactor: 2 };
  return [
    () => new nn.Sequential(conv(), new nn.BatchNorm2d(CHANNELS), new nn.ReLU()),
    () => block((x, first) => activate(run(first, x)), conv()),
    () => block((x, first) => activate(run(first, x)), conv(CHANNELS, { groups: CHANNELS })),
    () => conv(CHANNELS, { dilation: 2, padding: 2 }),
    () =>
      block(
        (x, first, second) => F.relu(x.add(run(second, F.relu(run(first, x))))),
        conv(),
        conv(),
      ),
    () =>
      block(
        (x, first, last) => run(last, F.concat([x, run(first, x)], 1)),
        conv(),
        conv(2 * CHANNELS),
      ),
    () =>
      block(
        (x, down, up) => {
          const seen = F.relu(run(down, x.mean([2, 3])));
          return x.mul(F.sigmoid(run(up, seen)).unsqueeze(2).unsqueeze(3));
        },
        new nn.Linear(CHANNELS, 4),
        new nn.Linear(4, CHANNELS),
      ),
    () => choose([new nn.MaxPool2d(2), new nn.AvgPool2d(2)]),
    () => new nn.Dropout(0.3),
    () =>
      block((x, wide) => {
        const [left, right] = [x.narrow(1, 0, 5), x.narrow(1, 5, CHANNELS - 5)];
        const shuffled = F.channelShuffle(F.concat([right, left], 1), 4);
        return x.add(F.pixelUnshuffle(F.pixelShuffle(run(wide, shuffled), 2), 2));
      }, conv()),
    () =>
      block(
        (x, up) => F.maxPool2d(run(up, x).add(F.interpolate(x, enlarged)), { kernelSize: 2 }),
        new nn.ConvTranspose2d(CHANNELS, CHANNELS, 4, { stride: 2, padding: 1 }),
      ),
    () => new nn.Sequential(conv(), new nn.LayerNorm(CHANNELS, { dim: 1 })),
    () => new nn.Sequential(conv(), new nn.PReLU(choose([1, CHANNELS]))),
  ];
}

function network(seed: number): nn.Module {
  const next = random(seed);
  const choose: Choose = (list) => list[Math.floor(next() * list.length)]!;
  const parts: nn.Module[] = [conv(3)];
  let pools = 0;
  while (parts.length <= BLOCKS) {
    const made = choose(blocks(choose))();
    const pool = made instanceof nn.MaxPool2d || made instanceof nn.AvgPool2d;
    if (pool && ++pools > 2) continue;
    parts.push(made);
  }
  const side = SIZE >> Math.min(pools, 2);
  const flat = [new nn.Flatten(), new nn.Linear(CHANNELS * side * side, 5)];
  const mean = [new nn.AdaptiveAvgPool2d(1), new nn.Flatten(), new nn.Linear(CHANNELS, 5)];
  return new nn.Sequential(...parts, ...choose([flat, mean]));
}

it.each(Array.from({ length: 12 }, (_, i) => i + 1))(
  "random network %i is read back from ONNX, Keras and TF.js",
  async (seed) => {
    manualSeed(seed);
    const model = network(seed).eval();
    const x = randn([2, 3, SIZE, SIZE]);
    const expected = await noGrad(() => model.forward(x) as Tensor).data();
    for (const save of [formats.saveOnnx, formats.saveKerasH5, formats.saveTfjs]) {
      const file = await formats.loadWeights(await save(model, { inputShape: [3, SIZE, SIZE] }));
      const again = models.fromArchitecture(formats.requireArchitecture(file));
      transfer.loadPretrained(again, file);
      const found = await noGrad(() => again.eval().forward(x) as Tensor).data();
      expectClose(`${save.name}, seed ${seed}`, found, expected, [2, 5], 1e-4);
    }
    expect(expected.every(Number.isFinite)).toBe(true);
  },
);
