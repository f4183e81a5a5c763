import { describe, expect, it } from "vitest";
import { labelsJson, readLabels } from "../../../src/formats/index.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("labels.json", () => {
  it("is a list of names, and is read back", () => {
    const names = ["cat", "dög", '"quoted"'];
    const file = labelsJson(names);
    expect(JSON.parse(new TextDecoder().decode(file))).toEqual(names);
    expect(readLabels(file)).toEqual(names);
  });

  it.each([
    ["an object of number → name", '{"1": "b", "0": "a"}'],
    ["ImageNet's index", '{"0": ["n01", "a"], "1": ["n02", "b"]}'],
    ["Hugging Face's config", '{"model_type": "resnet", "id2label": {"0": "a", "1": "b"}}'],
    ["a list under classes", '{"classes": ["a", "b"], "architecture": "vgg16"}'],
  ])("is read from %s", (_, text) => {
    expect(readLabels(bytes(text))).toEqual(["a", "b"]);
  });

  it.each([
    ["[1, 2]", /names\.json: it is neither a list of class names nor an object/],
    ['{"0": "a", "2": "c"}', /neither a list of class names/],
    ['{"__proto__": "a"}', /neither a list of class names/],
    ["{}", /neither a list of class names/],
    ["daisy\nrose", /names\.json: it isn't JSON/],
  ])("refuses %s", (text, message) => {
    expect(() => readLabels(bytes(text), "names.json")).toThrow(message);
  });
});
