import { beforeAll, describe, expect, it } from "vitest";
import { usps } from "../../src/data/index.ts";
import { setPlatform } from "../../src/platform/index.ts";
import { nodePlatform } from "../../src/platform/node/index.ts";
import { sharedData } from "../shared_data.ts";
import { gzip, uspsLine } from "./make_files.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("usps", () => {
  it("reads both ways of writing, gzipped or not, Windows line ends and blank last lines", async () => {
    const text = `${uspsLine("6.0000", (i) => i / 255)}9 ${"-1 ".repeat(256)}\r\n\n`;
    for (const source of [bytes(text), gzip(bytes(text))]) {
      const set = await usps(source);
      expect([...set.labels]).toEqual([6, 9]);
      const { image, shape } = set.get(0);
      expect(shape).toEqual([1, 16, 16]);
      expect([image[0], image[255]]).toEqual([0, 1]);
      expect(image[51]).toBeCloseTo(0.2, 6);
      expect(set.get(1).image.every((value) => value === -1)).toBe(true);
    }
  });

  const good = uspsLine("1", () => 0);
  it.each([
    ["a short line", `${good}1 0.5 0.5\n`, "zip.txt: line 2 has 3 fields, expected 257"],
    ["a blank line within", `${good}\n${good}`, "zip.txt: line 2 has 1 fields, expected 257"],
    [
      "another label",
      uspsLine("10", () => 0),
      'zip.txt: line 1 has label "10", expected a digit from 0 to 9',
    ],
    ["half a label", uspsLine("1.5", () => 0), 'zip.txt: line 1 has label "1.5"'],
    [
      "grey values 0..255",
      uspsLine("1", (i) => i),
      'zip.txt: line 1, value 3 is "2.0000", expected a number from -1 to 1',
    ],
    ["words", good.replace("0.0000", "dark"), 'zip.txt: line 1, value 1 is "dark"'],
    ["nothing", "\n", "zip.txt: holds no lines"],
  ])("refuses %s", async (_name, text, message) => {
    await expect(usps(new File([text], "zip.txt"))).rejects.toThrow(message);
  });
});

describe.skipIf(!sharedData("usps"))("usps on the real files (absent here if skipped)", () => {
  beforeAll(() => void setPlatform(nodePlatform));

  it.each([
    ["zip.train.gz", [1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644]],
    ["zip.test.gz", [359, 264, 198, 166, 200, 160, 170, 147, 166, 177]],
  ])("counts the digits of %s", async (file, expected) => {
    const set = await usps(`${sharedData("usps")}/${file}`);
    const counts = new Int32Array(10);
    for (const label of set.labels) counts[label]++;
    expect([...counts]).toEqual(expected);
  });
});
