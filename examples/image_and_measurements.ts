/**
 * Two kinds of input at once: pictures of digits whose lower half is lost, and measurements of that half, a quarter of them
 * missing. `data.zip` puts them side by side, `forward` takes two tensors. Neither input alone does as well as both.
 */
import "webgraft/node";
import * as graft from "webgraft";

const { data, F, nn, optim, transfer } = graft;
await graft.init();
const file = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model: letters, transform } = await graft.loadNetwork(file);
/** A frozen network tells 37 letters apart; how like each of them half a digit is tells digits apart. */
const cache = new transfer.FeatureCache(letters.requiresGrad_(false));
class Both extends nn.Module {
  readonly head = new nn.Sequential(new nn.Linear(53, 64), new nn.ReLU(), new nn.Linear(64, 10));
  readonly letters = cache.remainder;
  forward(maps: graft.Tensor, rows: graft.Tensor): graft.Tensor {
    return this.head.forward(F.concat([this.letters.forward(maps) as graft.Tensor, rows], 1));
  }
}

/** Of each digit the upper half, and how much ink there is in eight strips of the lower half; NaN is missing. */
function torn(digits: graft.data.GlyphSet, given: string, random = new data.Random(1)) {
  const all = Array.from(digits.labels, (_, i) => digits.get(i).image);
  const isSeen = (p: number) => given !== "measurements" && p % 1024 < 512;
  const images = all.map((image) => image.map((v, p) => (isSeen(p) ? v : 127)));
  const ink = (image: ArrayLike<number>, strip: number) => {
    if (given === "pictures" || random.float() < 0.25) return Number.NaN;
    const red = Array.from(image).slice(0, 1024);
    const paper = [...red].sort((a, b) => a - b)[512];
    const isInk = (v: number, p: number) => (p >> 2) % 8 === strip && Math.abs(v - paper) > 40;
    return red.slice(512).filter(isInk).length;
  };
  const rows = all.map((image) => Array.from({ length: 8 }, (_, strip) => ink(image, strip)));
  return { images: data.fromArrays(images, digits.shape, digits.labels), rows };
}
const digits = data.digits({ perClass: 12, testPerClass: 10 });
for (const given of ["measurements", "pictures", "both"]) {
  graft.manualSeed(1);
  const model = new Both();
  const [train, test] = [torn(digits.train, given), torn(digits.test, given)];
  const scale = data.columnScale(train.rows);
  const zipped = async ({ images, rows }: typeof train) =>
    data.zip(await cache.compute(images, { transform }), data.standardize(rows, scale));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const trainer = new graft.Trainer({ model, optimizer });
  await trainer.fit(await zipped(train), { epochs: 16, batchSize: 40 });
  const { accuracy } = await trainer.evaluate(await zipped(test));
  console.log(`${given}: accuracy ${(100 * accuracy).toFixed(1)} %`);
}
