import { describe, expect, it } from "vitest";
import { commandName } from "../../src/cli/paths.ts";
import { commandLine } from "../../src/cli/words/command_line.ts";
import { EVALUATE, SETTINGS } from "../../src/finetune/index.ts";

describe("the command line for settings", () => {
  it("is what would be typed for them", () => {
    const settings = {
      ...{ data: ["a b", "c"], quick: true, compare: false, cache: true, lr: 1e-4, batchSize: 8 },
      ...{ augment: ["flip", "crop"], mean: [0.5, 0.25], weights: undefined, classWeights: false },
    };
    expect(commandLine("", settings, SETTINGS)).toBe(
      `${commandName()} --data 'a b' c --quick --no-compare --cache --lr 0.0001 --batch-size 8 --augment flip,crop --mean 0.5,0.25`,
    );
    expect(commandLine("eval", { weights: "net.onnx" }, EVALUATE)).toBe(
      `${commandName()} eval --weights net.onnx`,
    );
  });
});
