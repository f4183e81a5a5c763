import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import {
  APPEND,
  APPENDS,
  BINPERSID,
  BUILD,
  bytes,
  call,
  DUP,
  dict,
  EMPTY_DICT,
  EMPTY_LIST,
  EMPTY_TUPLE,
  get,
  global,
  int,
  MARK,
  NONE,
  type Piece,
  put,
  REDUCE,
  storage,
  TUPLE,
  tensor,
  text,
  tuple,
  u32,
} from "../pickle.ts";
import {
  checkpoint,
  count,
  floats,
  good,
  legacy,
  MAGIC,
  one,
  read,
  refused,
} from "./checkpoints.ts";

describe("foreign globals", () => {
  it.each([
    ["os", "system"],
    ["posix", "system"],
    ["nt", "system"],
    ["builtins", "eval"],
    ["__builtin__", "eval"],
    ["builtins", "getattr"],
    ["subprocess", "Popen"],
    ["torch", "load"],
    ["torch.storage", "_load_from_bytes"],
    ["torch", "__proto__"],
    ["torch", "constructor"],
    ["numpy.core.multiarray", "_reconstruct"],
    ["__main__", "Net"],
    ["", ""],
  ])(
    "%s.%s is refused by name where it is called, and does nothing where it lies",
    async (module, name) => {
      const full = `${module === "__builtin__" ? "builtins" : module}.${name}`;
      const message = `it asks for the Python object "${full}"`;
      await refused(checkpoint(call(module, name, text("echo"))), message);
      await refused(
        checkpoint(dict(["a", good], ["b", call(module, name, text("echo"))])),
        message,
      );
      await refused(
        checkpoint([text(module), text(name), 0x93, text("echo"), 0x85, 0x52]),
        message,
      );
      // As in {"arch": Net, "state_dict": …}.
      const beside = dict(["arch", global(module, name)], ["state_dict", dict(["a", good])]);
      const { tensors } = await read(checkpoint(beside));
      expect([...tensors.keys()]).toEqual(["a"]);
      await refused(legacy(call(module, name, text("echo")), EMPTY_LIST, []), message);
    },
  );

  it.each([
    ["INST", [MARK, 0x69, global("os", "system")]],
    ["OBJ", [MARK, global("collections", "OrderedDict"), 0x6f]],
    ["NEWOBJ_EX", [global("collections", "OrderedDict"), EMPTY_TUPLE, EMPTY_DICT, 0x92]],
    ["EXT1", [0x82, 1]],
  ] as [string, Piece][])("%s is refused", async (name, pickle) => {
    await refused(checkpoint(pickle), `it uses ${name}, by which a file could run code`);
  });
});

describe("damaged pickles", () => {
  it.each([
    ["nothing at all", [], "it takes from an empty stack"],
    ["a string beyond the end", [0x58, u32(0xffffffff)], "it is cut off"],
    ["a string of 64-bit length", [0x8d, u32(0xffffffff), u32(0x7fffffff)], "it is cut off"],
    ["no end", [0x63, 65, 66], "a name in it has no end"],
    ["a huge integer", [0x8b, u32(1 << 20)], "an integer in it has 1048576 bytes"],
    ["an unknown protocol", [0x80, 9], "protocol 9 is unknown"],
    ["protocol 0", [0x49, 0x31, 0x0a], "0x49 is no opcode"],
    ["a missing mark", [TUPLE], "a mark is missing on its stack"],
    ["a missing memo", [get(7)], "it refers to entry 7"],
    [
      "a call of no function",
      [int(1), EMPTY_TUPLE, REDUCE],
      "it calls something that is no function",
    ],
    [
      "a call without arguments",
      [global("collections", "OrderedDict"), int(1), REDUCE],
      "without arguments",
    ],
    ["an append to a number", [int(1), int(2), APPEND], "it appends to something that is no list"],
    ["a key without a value", [EMPTY_DICT, MARK, int(1), 0x75], "a key in it has no value"],
    [
      "items of a list",
      [EMPTY_LIST, MARK, int(1), int(2), 0x75],
      "sets items of something that is no dictionary",
    ],
    ["attributes of a number", [int(1), NONE, BUILD], "it sets attributes of a plain value"],
    [
      "a number as a storage",
      [int(1), BINPERSID],
      "refers to data by something that is no storage",
    ],
    ["a whole module", [tuple(text("module"), int(1)), BINPERSID], "it holds a whole model"],
  ] as [string, Piece, string][])("%s", async (_, pickle, message) => {
    await refused(checkpoint(pickle), message);
  });
});

describe("tensors outside their storage", () => {
  it.each([
    ["a negative offset", tensor(floats, -1, [1], [1]), "it holds a tensor of shape [1]"],
    ["an offset beyond", tensor(floats, 12, [1], [1]), "reaches beyond its 12 elements"],
    ["a shape beyond", tensor(floats, 0, [13], [1]), "reaches beyond its 12 elements"],
    ["strides beyond", tensor(floats, 0, [2, 2], [11, 1]), "reaches beyond its 12 elements"],
    ["negative strides", tensor(floats, 5, [2], [-1]), "shape or strides are no lengths"],
    [
      "too few strides",
      tensor(floats, 0, [2, 2], [1]),
      "it holds a tensor of shape [2,2] and strides [1]",
    ],
    [
      "a size that overflows",
      tensor(floats, 0, [2 ** 30, 2 ** 30], [0, 0]),
      "it holds a tensor of shape",
    ],
    [
      "a repetition to fill the memory",
      tensor(floats, 0, [2 ** 30], [0]),
      "that repeats 12 elements",
    ],
    [
      "no storage",
      call("torch._utils", "_rebuild_tensor_v2", int(1)),
      "a tensor without a storage",
    ],
    [
      "a storage that is missing",
      tensor(storage("FloatStorage", "9", 1), 0, [1], [1]),
      'storage "m/data/9": it is missing',
    ],
    [
      "a storage that is short",
      tensor(storage("FloatStorage", "0", 13), 0, [1], [1]),
      "it has 48 bytes, not 13 × 4",
    ],
    [
      "a way out of the archive",
      tensor(storage("FloatStorage", "../../x", 1), 0, [1], [1]),
      "it is missing",
    ],
  ] as [string, Piece, string][])("%s", async (_, pickle, message) => {
    await refused(checkpoint(dict(["a", pickle])), message);
  });

  it("an empty tensor may point anywhere", async () => {
    const { tensors } = await read(checkpoint(dict(["a", tensor(floats, 99, [0, 3], [3, 1])])));
    expect(tensors.get("a")?.data()).toEqual(new Float32Array(0));
  });
});

describe("legacy storages", () => {
  const a = tensor(storage("FloatStorage", "k", 2), 0, [2], [1]);
  const keys = [EMPTY_LIST, text("k"), APPEND];

  it("are handed out by key, views included", async () => {
    const view = tuple(text("v"), int(1), int(1));
    const value = dict(["a", a], ["b", tensor(storage("FloatStorage", "k", 2, view), 0, [1], [1])]);
    const { tensors } = await read(
      legacy(value, keys, [count(2), [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]]),
    );
    expect(tensors.get("a")?.data()).toEqual(Float32Array.of(1, 2));
    expect(tensors.get("b")?.data()).toEqual(Float32Array.of(2));
  });

  it.each([
    ["missing", EMPTY_LIST, [], 'storage "k": it has 0 of 8 bytes'],
    ["short", keys, [count(1), 0, 0, 0, 0], 'storage "k": it has 4 of 8 bytes'],
    ["cut off", keys, [count(2), 0, 0], 'storage "k": its elements are cut off'],
    ["without a count", keys, [1], "storages: they are cut off"],
    ["of absurd size", keys, [u32(0xffffffff), u32(0xffffffff)], "its elements are cut off"],
    [
      "named twice",
      [EMPTY_LIST, MARK, text("k"), text("k"), APPENDS],
      [count(2), u32(0), u32(0)],
      "their list doesn't fit",
    ],
    ["of another name", [EMPTY_LIST, text("x"), APPEND], [], "their list doesn't fit"],
    ["not listed", int(1), [], "its list of storages is missing"],
  ] as [string, Piece, Piece, string][])("%s are refused", async (_, list, storages, message) => {
    await refused(legacy(dict(["a", a]), list, storages), message);
  });

  it("refuses other protocols, and views outside", async () => {
    await refused(bytes(one(MAGIC), one(int(1000))), "its protocol of torch.save is unknown");
    const view = tuple(text("v"), int(1), int(2));
    const outside = tensor(storage("FloatStorage", "k", 2, view), 0, [1], [1]);
    await refused(legacy(outside, keys, []), "a part of a storage that lies outside");
  });
});

describe("pickles made to exhaust", () => {
  const repeated = (times: number, ...pieces: Piece[]): Piece =>
    Array.from({ length: times }, () => pieces);

  it("a list of itself", async () => {
    const loop: Piece = [EMPTY_LIST, put(0), get(0), APPEND];
    await refused(checkpoint(loop), "it holds no tensors");
    await refused(
      checkpoint([EMPTY_LIST, put(0), MARK, good, get(0), get(0), APPENDS]),
      "nested absurdly",
    );
  });

  it("a doubling tower of lists", async () => {
    const doubled = repeated(30, put(0), [EMPTY_LIST, MARK, get(0), get(0), APPENDS]);
    await refused(checkpoint([tuple(good), doubled]), "nested absurdly");
  });

  it("names that double", async () => {
    const level = (inner: Piece): Piece => [EMPTY_DICT, text("n".repeat(100)), inner, 0x73];
    let nested: Piece = dict(["w", good]);
    for (let i = 0; i < 5; i++) nested = level(nested);
    await refused(checkpoint(nested), "is no name of a tensor");
  });

  it("deep nesting", async () => {
    await refused(
      checkpoint([repeated(100_000, EMPTY_LIST), good, repeated(100_000, APPEND)]),
      "nested absurdly",
    );
  });

  it("a stack without end", async () => {
    const file = zipSync(
      { "m/data.pkl": new Uint8Array(2 ** 22 + 10).fill(DUP).fill(NONE, 0, 1) },
      { level: 0 },
    );
    await refused(file, "its stack grows too large");
    const marks = zipSync({ "m/data.pkl": new Uint8Array(2 ** 22 + 10).fill(MARK) }, { level: 0 });
    await refused(marks, "its stack grows too large");
  });

  it("millions of dictionaries", async () => {
    const file = zipSync(
      { "m/data.pkl": new Uint8Array(2 ** 19 + 10).fill(EMPTY_DICT) },
      { level: 0 },
    );
    await refused(file, "it builds too many objects");
  });

  it("a container copied over and over", async () => {
    const big: Piece = [EMPTY_LIST, MARK, repeated(10_000, NONE), APPENDS, put(1)];
    const copies = repeated(1000, get(0), get(1), 0x85, REDUCE, 0x30);
    const file = checkpoint([global("builtins", "list"), put(0), big, copies]);
    await refused(file, "it builds too many objects");
  });
});
