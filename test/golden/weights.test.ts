import { describe, expect, it } from "vitest";
import mobilenet from "./mobilenet_v1.json";
import vgg16 from "./vgg16.json";
import { checksum, fnv1a, labels, parameter, uniform } from "./weights.ts";

it("hashes names as FNV-1a does", () => {
  expect(fnv1a("")).toBe(0x811c9dc5);
  expect(fnv1a("foobar")).toBe(0xbf9cf968);
});

describe.each([
  ["vgg16", vgg16],
  ["mobilenet_v1", mobilenet],
])(
  "%s's numbers are those of Python, bit for bit",
  (_, { batch, side, classes, imageScale, checksums }) => {
    it.each(checksums.parameters)("$name", ({ name, shape, checksum: expected }) => {
      expect(checksum(parameter(name, shape))).toBe(expected);
    });

    it("images and labels", () => {
      expect(checksum(uniform("images.0", [batch, 3, side, side], imageScale))).toBe(
        checksums.images,
      );
      expect([...labels("labels.0", batch, classes)]).toEqual(checksums.labels);
    });
  },
);
