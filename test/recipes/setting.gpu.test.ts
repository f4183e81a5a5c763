// What CONTRIBUTING says of adding a setting: a line in a table and its use in two files make an option of the command.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Additions, PatchedCopy } from "./patched_copy.ts";

const labelSmoothing: Additions = {
  "src/finetune/settings/training.ts": [
    [
      "  seed: setting(",
      '  labelSmoothing: setting(share(), "blur the targets by so much", 0.1),\n',
    ],
  ],
  "src/finetune/training/plan.ts": [
    ["  readonly seed: number;", "  readonly labelSmoothing: number;\n"],
    ["    seed,", "    labelSmoothing: settings.labelSmoothing ?? 0.1,\n"],
  ],
  "src/finetune/training/trainer.ts": [
    ["  return new CrossEntropyLoss({", "    labelSmoothing: plan.labelSmoothing,\n"],
  ],
};

const script = `
import "webgraft/node";
import * as graft from "webgraft";
import { planTraining } from "./src/finetune/training/plan.ts";
import { trainerOptions } from "./src/finetune/training/trainer.ts";

await graft.init();
const { train } = graft.data.digits();
const [logits, labels] = [graft.tensor([[0, 2]]), graft.tensor(new Int32Array([1]))];
const losses = [{}, { labelSmoothing: 0.6 }].map((settings) => {
  const plan = planTraining(settings, "fresh weights");
  return trainerOptions(new graft.nn.Linear(1, 2), train, plan).loss.forward(logits, labels).item();
});
console.log(JSON.stringify(await Promise.all(losses)));
process.exit();
`;

let copy: PatchedCopy;
const command = (...args: string[]) => copy.runFile("src/cli/main.ts", ...args);

beforeAll(async () => {
  copy = await PatchedCopy.with(labelSmoothing);
});
afterAll(() => copy.remove());

it("three files make an option with help, checks and an effect", { timeout: 300_000 }, async () => {
  expect(Object.keys(labelSmoothing).length).toBeLessThanOrEqual(3);
  await copy.checkTypes();
  const help = await command("--help-all");
  expect(help.replace(/\s+/g, " ")).toContain(
    "--label-smoothing <share> blur the targets by so much (default: 0.1)",
  );
  await expect(command("--label-smoothing", "2")).rejects.toThrow(
    /'--label-smoothing <share>' argument '2' is invalid. expected a number between 0 and 1/,
  );
  // −log softmax of the label, and the mean of all in its place for the share.
  const [one, all] = [Math.log(1 + Math.exp(-2)), Math.log(1 + Math.exp(-2)) + 1];
  const losses = await copy.runScript<readonly number[]>(script);
  [0.9 * one + 0.1 * all, 0.4 * one + 0.6 * all].forEach((loss, i) => {
    expect(losses[i]).toBeCloseTo(loss, 5);
  });
});
