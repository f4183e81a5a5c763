// A run that is gone on with after its folder of pictures was changed, and before it is put right again.
import { copyFileSync, mkdirSync, renameSync } from "node:fs";
import sharp from "sharp";
import { beforeAll, expect, it } from "vitest";
import { finetune } from "../../src/finetune/index.ts";
import { at, builtin, run, runInFolder } from "./short_runs.ts";

runInFolder();

const picture = (name: string, i: number) => at("pictures", name, `${name}${i}.png`);

beforeAll(async () => {
  for (const [name, level] of [["dark", 20] as const, ["light", 200] as const]) {
    mkdirSync(at("pictures", name), { recursive: true });
    for (let i = 0; i < 5; i++) {
      const background = { r: level + 9 * i, g: level, b: level + 5 * i };
      const create = { width: 24, height: 24, channels: 3, background } as const;
      await sharp({ create }).png().toFile(picture(name, i));
    }
  }
});

it.each(["all", "head"])("is refused where labels changed, training %s", async (train) => {
  const settings = {
    data: at("pictures"),
    train: [train],
    epochs: 3,
    batchSize: 2,
    compare: false,
  };
  const undisturbed = await finetune(settings, { builtin });
  const stop = new AbortController();
  const save = at(train, "net.safetensors");
  const task = finetune({ ...settings, save }, { builtin, signal: stop.signal });
  for await (const event of task) if (event.type === "step") stop.abort();
  const { checkpoint } = await task;
  // The darkest picture and the lightest change places.
  const swap = () => {
    copyFileSync(picture("dark", 0), at("spare.png"));
    copyFileSync(picture("light", 4), picture("dark", 0));
    renameSync(at("spare.png"), picture("light", 4));
  };
  swap();
  await expect(run({}, { resume: checkpoint! })).rejects.toThrow(
    /^fit: the run was interrupted .* but the data changed: example \d+.* is another\. Give the same again/,
  );
  swap();
  const { result } = await run({}, { resume: checkpoint! });
  expect(result.complete).toBe(true);
  expect(result.evaluation).toEqual(undisturbed.evaluation);
});
