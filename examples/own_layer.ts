/**
 * A layer of your own: squeeze and excitation (Hu et al. 2017, https://arxiv.org/abs/1709.01507), which weighs the channels
 * of a map by what the whole map shows. Tensors and modules in properties are found by themselves.
 */
import "webgraft/node";
import * as graft from "webgraft";

const { data, F, nn, optim, transfer } = graft;

class SqueezeExcitation extends nn.Module {
  readonly fc1: graft.nn.Linear;
  readonly fc2: graft.nn.Linear;

  constructor(channels: number, reduction = 4) {
    super();
    this.fc1 = new nn.Linear(channels, channels / reduction);
    this.fc2 = new nn.Linear(channels / reduction, channels);
  }

  /** [N, C, H, W] → the same. */
  forward(maps: graft.Tensor): graft.Tensor {
    const squeezed = maps.mean([2, 3]); // [N, C]
    const weights = F.sigmoid(this.fc2.forward(F.relu(this.fc1.forward(squeezed))));
    return maps.mul(weights.reshape([...weights.shape, 1, 1]));
  }
}

await graft.init();
graft.manualSeed(1);
const file = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model: letters, transform } = await graft.loadNetwork(file);
const maps = transfer.cut(letters, "features.20").requiresGrad_(false); // [N, 32, 4, 4]
const head = [new nn.Flatten(), new nn.Linear(32 * 4 * 4, 10)];
const model = new nn.Sequential(maps, new SqueezeExcitation(32), ...head);
console.log(Object.keys(model.get("1").stateDict()).join(" ")); // fc1.weight fc1.bias …

const { train, test } = data.digits({ perClass: 15, testPerClass: 10 });
const cache = new transfer.FeatureCache(model); // what is frozen runs once a picture
const optimizer = new optim.Adam(cache.remainder.parameters(), { lr: 5e-3 });
const trainer = new graft.Trainer({ model: cache.remainder, optimizer });
await trainer.fit(await cache.compute(train, { transform }), { epochs: 20, batchSize: 16 });
const { accuracy } = await trainer.evaluate(await cache.compute(test, { transform }));
console.log(`accuracy ${(100 * accuracy).toFixed(1)} % on ${test.length} new pictures`);
