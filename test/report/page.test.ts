import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { heatPicture, pngUrl, reportHtml } from "../../src/report/index.ts";
import { classes, example, NASTY, pictures } from "./example.ts";

const page = reportHtml(example, pictures);
const shown = (text: string) =>
  text.replace(
    /[&<>"']/g,
    (character) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "#39" }[character]};`,
  );

describe("a report", () => {
  it("tells everything", () => {
    const titles = [...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title);
    expect(titles).toEqual([
      "Compared",
      "Learning curves",
      "Classes",
      "Confusions",
      "Mistakes",
      "Calibration",
      "Settings",
    ]);
    for (const text of [
      "82.5 %",
      "78.0–87.0 %",
      "12.3 s",
      "2026-01-02 03:04 UTC",
      shown(example.command!),
    ])
      expect(page).toContain(text);
    expect(page.match(/<svg/g)).toHaveLength(3);
    expect(page.match(/<img/g)).toHaveLength(8);
  });

  it("shows names as the text that they are", () => {
    expect(page).not.toContain("<script");
    expect(page).not.toContain('<img src="x"');
    expect(page).not.toMatch(/onerror="/);
    expect(page.split(shown(NASTY)).length).toBeGreaterThan(8);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
  });

  it("has no address in it, and fetches nothing", () => {
    expect(page.replaceAll(/data:image\/png;base64,[\w+/=]+/g, "")).not.toMatch(
      /https?:|\/\/[\w-]|url\(/,
    );
    expect(page).toContain("default-src &#39;none&#39;");
  });

  it("leaves out what there isn't: training, mistakes, a command, a matrix of very many classes", () => {
    const many = Array.from({ length: 60 }, (_, i) => `class ${i}`);
    const bare = reportHtml(
      {
        ...example,
        ...{ epochs: [], comparison: [], mistakes: [], command: null, classes: many },
        confusionMatrix: many.map((_, i) => many.map((_, j) => Number(j === (i < 2 ? 1 : i)))),
        perClass: [],
        settings: {},
      },
      [],
    );
    expect(bare).not.toContain("Learning curves");
    expect(bare).not.toContain("Compared");
    expect(bare).toContain("every picture was given its class");
    expect(bare).toContain("made by a program");
    expect(bare).not.toContain('class="confusion"');
    expect(bare).toContain("<th>class 0</th><th>class 1</th>");
    expect(classes).toHaveLength(4);
  });

  it("shows precision against recall, in steps, where a picture has several labels", () => {
    const points = [
      { recall: 1, precision: 0.5 },
      { recall: 0.5, precision: 1 },
      { recall: 0, precision: 1 },
    ];
    const labels = example.perClass.map((one) => ({ ...one, threshold: 0.25 }));
    const several = reportHtml(
      {
        ...{ ...example, perClass: labels, confusionMatrix: [], calibration: null },
        precisionRecall: [{ name: "dog", points }],
      },
      pictures,
    );
    const titles = [...several.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title);
    expect(titles.slice(2, 4)).toEqual(["Labels", "Precision and recall"]);
    expect(titles).not.toContain("Calibration");
    expect(several).toContain("<td>0.250</td>");
    const [, path] = /<figcaption>dog<[\s\S]*?<path d="([^"]*)"/.exec(several)!;
    const xy = path!
      .slice(1)
      .split("L")
      .map((pair) => pair.split(",").map(Number));
    const [left, right] = [56, 340];
    const middle = (left + right) / 2;
    expect(xy.map(([x]) => x)).toEqual([right, middle, middle, left, left, left]);
    expect(xy[0]![1]).toBe(xy[1]![1]); // half is right all the way down to half of the recall
    expect(several).toContain("surest of and wrong about");
  });
});

describe("pngUrl", () => {
  it.each([1, 3, 4] as const)(
    "is a picture of %i channels as other programs read it",
    async (channels) => {
      const data = Uint8Array.from({ length: 5 * 4 * channels }, (_, i) => (i * 37 + 11) % 256);
      const url = pngUrl({ width: 5, height: 4, channels, data });
      const bytes = Buffer.from(url.replace("data:image/png;base64,", ""), "base64");
      const space = channels === 1 ? "b-w" : "srgb";
      const read = await sharp(bytes)
        .toColourspace(space)
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(read.info).toMatchObject({ width: 5, height: 4, channels });
      expect([...read.data]).toEqual([...data]);
    },
  );

  it("shows a heat map from nothing over yellow to red", async () => {
    const url = heatPicture({ width: 3, height: 1, values: Float32Array.of(0, 1, 2) });
    const bytes = Buffer.from(url.replace("data:image/png;base64,", ""), "base64");
    expect([...(await sharp(bytes).raw().toBuffer())]).toEqual([
      255, 215, 0, 0, 255, 108, 0, 100, 255, 0, 0, 200,
    ]);
  });
});
