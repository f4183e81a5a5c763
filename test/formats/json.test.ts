import { describe, expect, it } from "vitest";
import { failing } from "../../src/formats/errors.ts";
import { ownValue, parseJsonObject } from "../../src/formats/json.ts";

const fail = failing("f.json", "unknown");
const parse = (text: string) => parseJsonObject(text, "header", fail);

describe("parseJsonObject", () => {
  it("parses objects, names treated specially included", () => {
    const value = parse('{"a": {"b": [1, {"a": 2}]}, "__proto__": {"x": 1}}');
    expect(ownValue(value, "__proto__")).toEqual({ x: 1 });
    expect(ownValue(value, "x")).toBeUndefined();
    expect(ownValue(value, "toString")).toBeUndefined();
  });

  it.each([
    ['{"a":1,"a":2}', "a"],
    ['{"x":{"b":1,"c":[{"b":1}],"b":2}}', "b"],
    ['{"a":1, "\\u0061" : 2}', "a"],
    ['{"q\\"":1,"q\\"":2}', 'q"'],
    ['{"\\\\":1,"\\\\":2}', "\\"],
  ])("refuses a key given twice in %s", (text, key) => {
    expect(() => parse(text)).toThrow(`f.json: header: it holds the key "${key}" twice`);
  });

  it.each(['{"a":"b","b":"a"}', '{"a":[{"a":1},{"a":2}]}', '{"a":"\\"a\\":","b":":"}', "{}"])(
    "isn't misled by %s",
    (text) => {
      expect(parse(text)).toEqual(JSON.parse(text));
    },
  );

  it.each([
    ["[1]", "it isn't a JSON object"],
    ["null", "it isn't a JSON object"],
    ['{"a"', "it isn't valid JSON"],
  ])("refuses %s", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});
