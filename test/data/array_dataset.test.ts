import { describe, expect, it } from "vitest";
import { fromArrays, numClasses } from "../../src/data/index.ts";

describe("fromArrays", () => {
  const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

  it("takes bytes, floats, numbers and one array per image", async () => {
    const set = fromArrays(pixels, [1, 2, 2], [1, 0]);
    expect(set.get(1)).toEqual({ image: Uint8Array.of(5, 6, 7, 8), shape: [1, 2, 2], label: 0 });
    expect(set.get(0).image.buffer).toBe(pixels.buffer); // no copy
    expect(fromArrays([0.5, 1.5], [1, 1, 1], [0, 0]).get(1).image).toEqual(Float32Array.of(1.5));
    const halves = [pixels.slice(0, 4), pixels.slice(4)];
    expect(fromArrays(halves, [1, 2, 2], Int32Array.of(0, 1)).get(1).image).toEqual(halves[1]);
    expect(fromArrays(pixels, [2, 1, 2, 2], [0, 1]).shape).toEqual([1, 2, 2]);
    expect(await set).toBe(set); // awaiting it, like the readers, does no harm
  });

  it("counts classes by name, or else by the labels", () => {
    expect(numClasses(fromArrays(pixels, [1, 2, 2], [0, 2]))).toBe(3);
    expect(
      numClasses(fromArrays(pixels, [1, 2, 2], [0, 1], { classes: ["a", "b", "c", "d"] })),
    ).toBe(4);
  });

  it("says what disagrees", () => {
    expect(() => fromArrays(pixels, [1, 3, 2], [0, 1])).toThrow(
      'fromArrays: 2 labels and shape [1, 3, 2] ask for 12 numbers in "images", got 8',
    );
    expect(() => fromArrays(pixels, [8], [0])).toThrow(
      "must be [channels, height, width], got [8]",
    );
    expect(() => fromArrays(pixels, [1, 0, 2], [0])).toThrow("got [1, 0, 2]");
    expect(() => fromArrays(pixels, [3, 1, 2, 2], [0, 1])).toThrow("holds 3 images for 2 labels");
    expect(() => fromArrays([pixels.slice(0, 4), Float32Array.of(1)], [1, 2, 2], [0, 1])).toThrow(
      "image 1 is a Float32Array of 1, expected a Uint8Array of 4",
    );
    expect(() => fromArrays(pixels, [1, 2, 2], [0, -1])).toThrow(
      "example 1: label -1 is out of range",
    );
    expect(() => fromArrays(pixels, [1, 2, 2], [0, 2], { classes: ["a", "b"] })).toThrow(
      "example 1: label 2 is out of range; the dataset has 2 classes, so labels go from 0 to 1",
    );
    expect(() => fromArrays(pixels, [1, 2, 2], [0, 0.5])).toThrow("label 0.5 is out of range");
    expect(() => fromArrays(pixels, [1, 2, 2], [0, 1]).get(2)).toThrow(
      "index 2 lies outside a dataset of 2 examples",
    );
  });
});
