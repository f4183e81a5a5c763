/**
 * Fine-tunes a network in a page, which then tells digits in pictures of one's own: `npx vite examples/page`. Pictures never
 * leave the page. A long training belongs in a worker: see ../worker.
 */
import { data, init, loadNetwork, optim, predict, Trainer, transfer } from "webgraft";

// Vite and webpack put the file beside the page.
const letters = new URL("webgraft/assets/letters.safetensors", import.meta.url);
const epochs = Number(new URLSearchParams(location.search).get("epochs") ?? 8);

const show = (text: string) => {
  document.querySelector("#status")!.textContent = text;
};

async function main(): Promise<void> {
  await init();
  const { model, input, transform } = await loadNetwork(letters);
  const { train, test } = data.digits();
  transfer.replaceHead(model, train.classes.length);
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
  const trainer = new Trainer({ model, optimizer });
  for await (const event of trainer.fit(train, { epochs, batchSize: 16, transform })) {
    if (event.type === "step") show(`step ${event.step}: loss ${event.loss.toFixed(3)}`);
  }
  const { accuracy } = await trainer.evaluate(test, { transform });
  show(`accuracy ${(100 * accuracy).toFixed(1)} %`);

  const chooser = document.querySelector("input")!;
  chooser.disabled = false;
  chooser.onchange = async () => {
    const picture = await data.imageFolder(
      { picture: [...(chooser.files ?? [])] },
      { size: input.size },
    );
    const [{ name, probability }] = await predict(model, picture, {
      transform,
      classes: train.classes,
    });
    show(`${name}, ${(100 * probability).toFixed(0)} % sure`);
  };
}

main().catch((error) => show(`${error}`));
