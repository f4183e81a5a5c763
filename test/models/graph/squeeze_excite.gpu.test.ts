import { expect, it } from "vitest";
import { F, formats, models, nn, noGrad, randn, type Tensor, transfer } from "webgraft";

/** Squeeze-and-excitation (Hu et al. 2018): channels weighted by what the whole image shows. */
class SqueezeExcite extends nn.Module {
  readonly fc1 = new nn.Linear(8, 4);
  readonly fc2 = new nn.Linear(4, 8);

  constructor(private readonly spread: (weights: Tensor) => Tensor) {
    super();
  }

  override forward(x: Tensor): Tensor {
    const weights = F.sigmoid(this.fc2.forward(F.relu(this.fc1.forward(x.mean([2, 3])))));
    return x.mul(this.spread(weights));
  }
}

const spreads: [string, (weights: Tensor) => Tensor][] = [
  ["two unsqueezes", (weights) => weights.unsqueeze(2).unsqueeze(3)],
  ["a reshape there and back", (weights) => weights.reshape([-1, 4, 2]).reshape([-1, 8, 1, 1])],
];

it.each(spreads)(
  "squeeze-and-excite written with %s is saved and loaded again",
  async (_, spread) => {
    const model = new nn.Sequential(
      new nn.Conv2d(3, 8, 3, { padding: 1 }),
      new SqueezeExcite(spread),
      new nn.Flatten(),
      new nn.Linear(8 * 36, 2),
    ).eval();
    const x = randn([2, 3, 6, 6]);
    const expected = await noGrad(() => model.forward(x)).data();
    for (const save of [formats.saveOnnx, formats.saveKerasH5, formats.saveTfjs]) {
      const file = await formats.loadWeights(await save(model, { inputShape: [3, 6, 6] }));
      const again = models.fromArchitecture(formats.requireArchitecture(file));
      transfer.loadPretrained(again, file);
      const found = await noGrad(() => again.eval().forward(x) as Tensor).data();
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 5);
      });
    }
  },
);
