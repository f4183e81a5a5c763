/**
 * Fine-tunes a network on a folder of pictures and saves it: `fine_tune_folder.ts [photos] [weights]`.
 *
 * photos holds one folder a class, photos/<class>/*.jpg; weights is a file, or a name that `graft models` lists. Without
 * them, the network that comes with the package, which knows letters, learns drawn digits.
 */
import "webgraft/node";
import { data, finetune } from "webgraft";

const [photos, weights = "mobilenet_v1_0.25"] = process.argv.slice(2);
const { train, test } = data.digits({ perClass: 15, testPerClass: 10 });
const digits = { name: "digits", train, validation: test };
const builtin = import.meta.resolve("webgraft/assets/letters.safetensors");

// Whatever isn't asked for is decided: what is trained, for how long, how fast.
const settings = photos ? { data: photos, weights } : { data: digits, train: ["head"] };
const run = finetune(settings, { builtin, keep: true });
for await (const event of run) {
  if (event.type === "epoch")
    console.log(`epoch ${event.epoch + 1}: loss ${event.loss.toFixed(3)}`);
}
const { evaluation, classes, files } = await run;
console.log(`accuracy ${(100 * (evaluation?.accuracy ?? 0)).toFixed(1)} % on pictures held out`);
console.log(`${files?.weights} tells ${classes.join(", ")} apart`); // loadNetwork(file) gives it back
