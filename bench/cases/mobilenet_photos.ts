// MobileNet v1 0.25 with ImageNet weights from a TF.js file: top-1 of four photos before any
// training, then ants and bees (head only) and five flowers (head only; last blocks + head).
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { loadNetwork } from "webgraft";
import type { FinetuneSettings } from "webgraft/finetune";
import { percent, runCase, tune } from "./harness.ts";

const WEIGHTS = "weights/mobilenet_v1_025_224_tfjs/mobilenet_model.json";

await runCase("mobilenet-photos", async ({ data: path, quick, report }) => {
  const names: Record<string, string> = JSON.parse(
    await readFile(path("weights/imagenet_classes/imagenet_classes.json"), "utf8"),
  );
  const photos = ["cat", "dog", "elephants", "basketball"].map((name) =>
    path(`photos_single/${name}.jpg`),
  );
  const imagenet = await loadNetwork(path(WEIGHTS), {
    arch: "mobilenet_v1",
    classes: Object.values(names),
  });
  for (const [i, { name, probability }] of (await imagenet.predict(photos)).entries()) {
    report(basename(photos[i]!), "top-1", `${name} ${probability.toFixed(2)}`);
  }

  const run = async (row: string, folder: string, how: FinetuneSettings) => {
    const { accuracy, seconds } = await tune({
      ...{ weights: path(WEIGHTS), arch: "mobilenet_v1", data: path(folder) },
      ...{ resize: "stretch", antialias: true, augment: ["flip"], schedule: "constant" },
      ...{ epochs: quick ? 2 : 15, ...how },
    });
    report(row, "validation %", percent(accuracy));
    report(row, "seconds", Math.round(seconds));
  };
  const head = { train: ["head"], lr: 3e-3 };
  await run("ants and bees, head only", "photos_ants_bees", head);
  await run("flowers, head only", "photos_flowers_small", head);
  const blocks = { freeze: "features.conv1-conv_pw_11_relu", lr: 5e-4 };
  await run("flowers, last 2 blocks + head", "photos_flowers_small", blocks);
});
