/**
 * What each pixel belongs to: discs and squares in noise, told apart by a small U-Net (Ronneberger et al. 2015,
 * https://arxiv.org/abs/1505.04597). Its way up is a transposed convolution, joined with the map from before the way down.
 */
import "webgraft/node";
import { capture, F, init, manualSeed, nn, optim, rand, type Tensor, tensor } from "webgraft";

function conv(from: number, to: number, stride = 1): nn.Sequential {
  const layer = new nn.Conv2d(from, to, 3, { padding: 1, stride });
  return new nn.Sequential(layer, new nn.BatchNorm2d(to), new nn.ReLU());
}
class UNet extends nn.Module {
  readonly first = conv(1, 12);
  readonly down = new nn.Sequential(conv(12, 24, 2), conv(24, 48, 2), conv(48, 48));
  readonly up = new nn.ConvTranspose2d(48, 12, 4, { stride: 4 });
  readonly last = new nn.Sequential(conv(24, 8), new nn.Conv2d(8, 3, 1));

  /** [N, 1, H, W] → logits [N, 3, H, W]. */
  forward(x: Tensor): Tensor {
    const map = this.first.forward(x);
    return this.last.forward(F.concat([map, this.up.forward(this.down.forward(map))], 1));
  }
}
/** Pictures [N, 1, 32, 32] of a disc or square each, and what each pixel is [N, 32, 32]: 0 nothing, 1 disc, 2 square. */
async function draw(n: number): Promise<[Tensor, Tensor]> {
  const random = await rand([3, n]).data();
  const pixels = Int32Array.from({ length: n * 1024 }, (_, i) => {
    const [size, down, right] = [0, 1, 2].map((k) => random[k * n + (i >> 10)]!);
    const [y, x] = [((i >> 5) % 32) - 8 - 16 * down!, (i % 32) - 8 - 16 * right!].map(Math.abs);
    const distance = (i >> 10) % 2 ? Math.max(y!, x!) : Math.hypot(y!, x!);
    return distance < 6 + 3 * size! ? 1 + ((i >> 10) % 2) : 0;
  });
  const classes = tensor(pixels, { shape: [n, 32, 32] });
  return [rand([n, 1, 32, 32]).add(classes.gt(0).mul(0.8).unsqueeze(1)), classes];
}
await init();
manualSeed(1);
const model = new UNet();
const optimizer = new optim.Adam(model.parameters(), { lr: 6e-3 });
const step = capture((images: Tensor, classes: Tensor) => {
  optimizer.zeroGrad();
  F.crossEntropy(model.forward(images), classes).backward();
  optimizer.step();
});
for (let i = 0; i < 120; i++) step(...(await draw(8)));
const [images, classes] = await draw(64);
const found = model.eval().forward(images).argmax(1);
const shapes = found.maximum(classes).gt(0).to("f32"); // where there is one, or seems to be
const accuracy = await found.eq(classes).mul(shapes).sum().div(shapes.sum()).item();
console.log(`accuracy ${(100 * accuracy).toFixed(1)} % (intersection over union)`);
