import { describe, expect, it } from "vitest";
import { confusionText } from "../../src/cli/terminal/confusion.ts";
import {
  bytes,
  duration,
  padStart,
  percent,
  plural,
  some,
  width,
} from "../../src/cli/terminal/format.ts";
import { comparisonTable } from "../../src/cli/terminal/table.ts";

/** Without colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours begin with
const plain = (text: string) => text.replace(/\x1b\[[0-9;]*m/g, "");

describe("numbers as people read them", () => {
  it("percent, duration, bytes, plural", () => {
    expect(percent(0.9333)).toBe("93.3 %");
    expect([0.84, 42.4, 125, 7800, Number.POSITIVE_INFINITY].map(duration)).toEqual([
      "0.8 s",
      "42 s",
      "2 min 05 s",
      "2 h 10 min",
      "–",
    ]);
    expect([999, 1000, 1_530_000, 553_000_000].map(bytes)).toEqual([
      "999 bytes",
      "1.0 KB",
      "1.5 MB",
      "553 MB",
    ]);
    expect(plural(1, "image")).toBe("1 image");
    expect(plural(1234, "class", "classes")).toBe("1,234 classes");
  });

  it("cuts long lists", () => {
    expect(some(["a", "b", "c", "d"])).toBe("a, b, c, d");
    expect(some(["a", "b", "c", "d", "e"])).toBe("a, b, c and 2 more");
  });

  it("counts columns without colours", () => {
    expect(width("\x1b[32mab\x1b[39m·")).toBe(3);
    expect(padStart("\x1b[32mab\x1b[39m", 4)).toBe("  \x1b[32mab\x1b[39m");
  });
});

describe("comparisonTable", () => {
  it("lines up results, with a bar for each accuracy", () => {
    const table = plain(
      comparisonTable([
        { name: "before", accuracy: 0.1, loss: 2.4142, seconds: null },
        { name: "fine-tuned", accuracy: 1, loss: 0.05, seconds: 12.3 },
      ]),
    );
    expect(table.split("\n")).toEqual([
      "               accuracy    loss      time",
      "  before         10.0 %   2.414         –  ██▍",
      `  fine-tuned    100.0 %   0.050      12 s  ${"█".repeat(24)}`,
    ]);
  });
});

describe("confusionText", () => {
  it("draws a matrix under the classes' names", () => {
    const text = plain(
      confusionText({
        classes: ["0", "1"],
        confusionMatrix: [
          [9, 1],
          [0, 10],
        ],
      }),
    );
    expect(text.split("\n").slice(1)).toEqual([
      "          0  1",
      "  0       9  1   90.0 %",
      "  1       · 10  100.0 %",
    ]);
  });

  it("names columns by letters where names are long, and shows empty classes", () => {
    const text = plain(
      confusionText({
        classes: ["automobile", "truck"],
        confusionMatrix: [
          [3, 0],
          [0, 0],
        ],
      }),
    );
    expect(text).toMatch(/^ +a {2}b$/m);
    expect(text).toMatch(/^ {2}automobile a +3 +· +100\.0 %$/m);
    expect(text).toMatch(/^ {2}truck +b +· +· +–$/m);
  });

  it("lists the worst confusions of many classes", () => {
    const n = 30;
    const confusionMatrix = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (i === j ? 5 : i === 3 && j === 4 ? 7 : 0)),
    );
    const classes = confusionMatrix.map((_, i) => `class ${i}`);
    const text = plain(confusionText({ classes, confusionMatrix }));
    expect(text).toBe(
      '  the worst of 1 pair of classes confused\n      7 × "class 3" taken for "class 4"',
    );
    const perfect = confusionMatrix.map((row, i) => row.map((v, j) => (i === j ? v : 0)));
    expect(confusionText({ classes, confusionMatrix: perfect })).toBe("  no confusions");
  });
});
