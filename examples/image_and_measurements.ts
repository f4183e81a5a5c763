/**
 * Two kinds of input at once: pictures of digits whose lower half is lost, and measurements of that half, a quarter of them
 * missing. `data.zip` puts them side by side, `forward` takes two tensors. Neither input alone does as well as both.
 */
import "webgraft/node";
import { data, F, init, loadNetwork, manualSeed, nn, optim, type Tensor, Trainer } from "webgraft";

await init();
const file = import.meta.resolve("webgraft/assets/letters.safetensors");
const { model: letters, transform } = await loadNetwork(file);
letters.requiresGrad_(false);
/** A frozen network tells 37 letters apart; how like each of them half a digit is tells digits apart. */
class Both extends nn.Module {
  readonly head = new nn.Sequential(new nn.Linear(53, 64), new nn.ReLU(), new nn.Linear(64, 10));
  readonly letters = letters;
  forward(images: Tensor, rows: Tensor): Tensor {
    return this.head.forward(F.concat([this.letters.forward(images) as Tensor, rows], 1));
  }
}

/** Of each digit the upper half, and how much ink there is in eight strips of the lower half; NaN is missing. */
function torn(digits: data.GlyphSet, given: string, random = new data.Random(1)) {
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

const digits = data.digits({ perClass: 20, testPerClass: 15 });
for (const given of ["measurements", "pictures", "both"]) {
  manualSeed(1);
  const model = new Both();
  const [train, test] = [torn(digits.train, given), torn(digits.test, given)];
  const scale = data.columnScale(train.rows);
  const zipped = (set: typeof train) => data.zip(set.images, data.standardize(set.rows, scale));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const trainer = new Trainer({ model, optimizer });
  await trainer.fit(zipped(train), { epochs: 8, batchSize: 40, transform });
  const { accuracy } = await trainer.evaluate(zipped(test), { transform });
  console.log(`${given}: accuracy ${(100 * accuracy).toFixed(1)} %`);
}
