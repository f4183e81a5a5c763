import { describe, expect, it } from "vitest";
import { confusionText } from "../../src/cli/terminal/confusion.ts";
import { LiveLine } from "../../src/cli/terminal/live_line.ts";
import { liveProgress } from "../../src/cli/terminal/progress.ts";
import { comparisonTable, table } from "../../src/cli/terminal/table.ts";
import { visible, visibleIn, visibleJson, visibleMessage } from "../../src/cli/terminal/visible.ts";
import { shorten, width } from "../../src/cli/terminal/width.ts";
import type { StepEvent } from "../../src/train/index.ts";

const widest = (text: string) => Math.max(...text.split("\n").map(width));

describe("columns", () => {
  it("are counted as a terminal counts them", () => {
    expect([width("猫"), width("é"), width("e\u0301"), width("👍🏽"), width("ｶ")]).toEqual([
      2, 1, 1, 2, 1,
    ]);
    expect(shorten("auto", 4)).toBe("auto");
    expect(shorten("automobile", 5)).toBe("auto…");
    expect(shorten("猫猫猫", 4)).toBe("猫…");
  });

  const results = [
    { name: "before (pretrained)", accuracy: 0.1, loss: 2.4142, seconds: null },
    { name: "fine-tuned", accuracy: 1, loss: 0.05, seconds: 7200 },
  ];
  const classes = Array.from({ length: 20 }, (_, i) => `a class of long name, number ${i}`);
  const confusionMatrix = classes.map((_, i) => classes.map((_, j) => (i === j ? 90 : i * j)));
  const rows = [
    ["squeezenet1_1", "3×224×224", "imagenet", "squeezenet1_1, squeezenet1_1_of_somebody_else"],
    ["a", "3×32×32", "signed", "–"],
  ];

  it.each([60, 80])("%i are enough for every table", (room) => {
    for (const text of [
      comparisonTable(results, room),
      confusionText({ confusionMatrix, classes }, room),
      table(["name", "input", "pixels", "weights"], rows, room),
    ]) {
      expect(widest(text)).toBeLessThanOrEqual(room);
    }
  });

  it("that a row has no room for stand below it", () => {
    expect(table(["name", "input", "pixels", "weights"], rows, 60).split("\n").slice(2)).toEqual([
      "  squeezenet1_1  3×224×224  imagenet",
      "      squeezenet1_1, squeezenet1_1_of_somebody_else",
      "  a              3×32×32    signed",
      "      –",
    ]);
  });
});

const CLEAR = "\x1b[2K";

/** A terminal of so many columns: what it shows in the end, as far as we use it. */
class Screen {
  lines = [""];

  constructor(readonly columns: number) {}

  write(text: string): void {
    for (const part of text.split(new RegExp(`(\r|\n|${CLEAR.replace("[", "\\[")})`))) {
      if (part === "\n") this.lines.push("");
      else if (part === CLEAR) this.lines[this.lines.length - 1] = "";
      else if (part !== "\r") this.lines[this.lines.length - 1] += part;
    }
  }
}

describe("progress on a terminal", () => {
  const step: StepEvent = {
    ...{ type: "step", step: 3, epoch: 0, epochs: 2, batch: 3, batches: 4, loss: 1.25 },
    ...{ accuracy: 0.5, metrics: {}, learningRate: 1e-3, imagesPerSecond: 120, secondsLeft: 90 },
  };

  it.each([40, 60, 80])("is one line of at most %i columns", (columns) => {
    const screen = new Screen(columns);
    const shown = liveProgress("fine-tuning", new LiveLine(screen));
    shown.step(step);
    expect(screen.lines).toHaveLength(1);
    expect(width(screen.lines[0])).toBeLessThan(columns);
    expect(screen.lines[0]).toMatch(/fine-tuning .*37%/);
  });

  it("leaves a line for every epoch, and its own last state", () => {
    const screen = new Screen(80);
    const shown = liveProgress("fine-tuning", new LiveLine(screen));
    const epoch = {
      type: "epoch",
      epoch: 0,
      epochs: 2,
      loss: 1.5,
      accuracy: 0.4,
      metrics: {},
      isBest: false,
      seconds: 3,
    } as const;
    shown.step(step);
    shown.epoch(epoch);
    shown.step({ ...step, epoch: 1, batch: 4 });
    shown.epoch({ ...epoch, epoch: 1 });
    shown.stop();
    screen.write("what comes next");
    expect(screen.lines[0]).toBe("  epoch 1/2, loss 1.500, accuracy 40.0 %, 3.0 s");
    expect(screen.lines[1]).toBe("  epoch 2/2, loss 1.500, accuracy 40.0 %, 3.0 s");
    expect(screen.lines[2]).toMatch(/^ {2}fine-tuning .*100%/);
    expect(screen.lines.slice(3)).toEqual(["what comes next"]);
  });
});

describe("names from files", () => {
  const name = "cat\x1b]0;title\x07\x1b[2J\x9b31m\u202egpj\n";

  it("are shown, not obeyed", () => {
    expect(visible(name)).toBe("cat\\x1b]0;title\\x07\\x1b[2J\\x9b31m\\u202egpj\\n");
    expect(visible("Ölkäfer 猫 👍")).toBe("Ölkäfer 猫 👍");
    const event = { type: "data", classes: [name], nested: { name }, count: 1, model: new Map() };
    const shown = visibleIn(event);
    expect(shown.classes).toEqual([visible(name)]);
    expect(shown.nested.name).toBe(visible(name));
    expect(shown.model).toBe(event.model);
  });

  it("are harmless in whole messages too, whose colours stay", () => {
    expect(visibleMessage("\x1b[31merror:\x1b[39m a\tb\n\x1b[5;3Hx\x1b]8;;http://x\x07")).toBe(
      "\x1b[31merror:\x1b[39m a\tb\n\\x1b[5;3Hx\\x1b]8;;http://x\\x07",
    );
  });

  it("come out of JSON as they are, and don't reach the terminal raw", () => {
    const json = visibleJson(JSON.stringify({ name }));
    expect(json).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.parse(json)).toEqual({ name });
  });
});
