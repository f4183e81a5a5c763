/**
 * A layer of your own: squeeze and excitation (Hu et al. 2017, https://arxiv.org/abs/1709.01507), which weighs the channels
 * of a map by what the whole map shows. Tensors and modules in properties are found by themselves.
 */
import "webgraft/node";
import { data, F, init, manualSeed, nn, optim, type Tensor, Trainer } from "webgraft";

class SqueezeExcitation extends nn.Module {
  readonly fc1: nn.Linear;
  readonly fc2: nn.Linear;

  constructor(channels: number, reduction = 4) {
    super();
    this.fc1 = new nn.Linear(channels, channels / reduction);
    this.fc2 = new nn.Linear(channels / reduction, channels);
  }

  /** [N, C, H, W] → the same. */
  forward(maps: Tensor): Tensor {
    const squeezed = maps.mean([2, 3]); // [N, C]
    const weights = F.sigmoid(this.fc2.forward(F.relu(this.fc1.forward(squeezed))));
    return maps.mul(weights.reshape([...weights.shape, 1, 1]));
  }
}

const block = (inChannels: number, channels: number) => [
  new nn.Conv2d(inChannels, channels, 3, { padding: 1 }),
  new nn.BatchNorm2d(channels),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
  new SqueezeExcitation(channels),
];

await init();
manualSeed(1);
const layers = [...block(3, 8), ...block(8, 16), ...block(16, 32)];
const model = new nn.Sequential(...layers, new nn.Flatten(), new nn.Linear(32 * 2 * 2, 10));
console.log(Object.keys(model.get("4").stateDict()).join(" ")); // fc1.weight fc1.bias …

const { train, test } = data.digits({ perClass: 40, testPerClass: 10, size: 16, style: "printed" });
const transform = [data.transforms.rescale(1 / 127.5, -1)];
const optimizer = new optim.Adam(model.parameters(), { lr: 2e-3 });
const trainer = new Trainer({ model, optimizer });
await trainer.fit(train, { epochs: 6, transform });
const { accuracy } = await trainer.evaluate(test, { transform });
console.log(`accuracy ${(100 * accuracy).toFixed(1)} % on ${test.length} new pictures`);
