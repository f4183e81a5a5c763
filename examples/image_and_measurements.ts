/**
 * Two kinds of input at once: pictures of digits whose lower half is lost, and measurements of that half, a quarter of them
 * missing. `data.zip` puts them side by side, `forward` takes two tensors. Neither input alone does as well as both.
 */
import "webgraft/node";
import { data, F, init, loadNetwork, manualSeed, nn, optim, type Tensor, Trainer } from "webgraft";

/** A frozen network tells 37 letters apart; how like each of them half a digit is tells digits apart. */
class Both extends nn.Module {
  readonly hidden = new nn.Linear(37 + 16, 64);
  readonly head = new nn.Linear(64, 10);
  constructor(readonly letters: nn.Module) {
    super();
  }
  forward(images: Tensor, rows: Tensor): Tensor {
    const seen = this.letters.forward(images) as Tensor;
    return this.head.forward(F.relu(this.hidden.forward(F.concat([seen, rows], 1))));
  }
}

/** Of each digit the upper half, and of eight columns of the lower half the contrast; NaN is missing. */
function torn(digits: data.GlyphSet, given: string) {
  const random = new data.Random(1);
  const all = Array.from(digits.labels, (_, i) => digits.get(i).image);
  const seen = given === "measurements" ? 0 : 512;
  const images = all.map((image) => image.map((v, p) => (p % 1024 < seen ? v : 127)));
  const contrast = (image: ArrayLike<number>, column: number) => {
    const lower = Array.from(image).filter((_, p) => p >> 9 === 1 && (p >> 2) % 8 === column);
    const isMissing = given === "pictures" || random.float() < 0.25;
    return isMissing ? Number.NaN : Math.max(...lower) - Math.min(...lower);
  };
  const rows = all.map((image) => Array.from({ length: 8 }, (_, c) => contrast(image, c)));
  return { images: data.fromArrays(images, digits.shape, digits.labels), rows };
}

await init();
const weights = import.meta.resolve("webgraft/assets/letters.safetensors");
const digits = data.digits({ perClass: 20, testPerClass: 15 });
for (const given of ["measurements", "pictures", "both"]) {
  manualSeed(1);
  const { model: letters, transform } = await loadNetwork(weights);
  const model = new Both(letters.requiresGrad_(false));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const [train, test] = [torn(digits.train, given), torn(digits.test, given)];
  const scale = data.columnScale(train.rows);
  const zipped = ({ images, rows }: typeof train) =>
    data.zip(images, data.standardize(rows, scale));
  const trainer = new Trainer({ model, optimizer });
  await trainer.fit(zipped(train), { epochs: 8, batchSize: 40, transform });
  const { accuracy } = await trainer.evaluate(zipped(test), { transform });
  console.log(`${given}: accuracy ${(100 * accuracy).toFixed(1)} %`);
}
