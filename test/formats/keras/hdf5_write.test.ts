import { describe, expect, it } from "vitest";
import { failing } from "../../../src/formats/errors.ts";
import { type Hdf5Group, openHdf5 } from "../../../src/formats/keras/hdf5/file.ts";
import { writeHdf5 } from "../../../src/formats/keras/hdf5/write/file.ts";
import { GroupToWrite } from "../../../src/formats/keras/hdf5/write/group.ts";
import {
  fixedTexts,
  floats,
  numbers,
  variableText,
  variableTexts,
} from "../../../src/formats/keras/hdf5/write/values.ts";
import { tensorOf } from "../../../src/formats/keras/hdf5_tensors.ts";
import type { WeightData } from "../../../src/formats/types.ts";
import { pythonWith, runPython } from "../python.ts";

const fail = failing("written.h5", "keras-h5");
const open = (bytes: Uint8Array) => openHdf5(bytes, fail);

/** Each kind of number with its least and greatest values. */
const NUMBERS = {
  f64: Float64Array.of(0.1, -1e300, 5e-324, Number.POSITIVE_INFINITY),
  f32: Float32Array.of(0.1, -3.4e38, 1e-45, Number.NaN),
  f16: Float32Array.of(0.5, -65504, 2 ** -24, 0),
  i8: Int8Array.of(-128, 127, 0, 1),
  u8: Uint8Array.of(0, 255, 7, 1),
  i16: Int16Array.of(-32768, 32767, 0, 1),
  u16: Uint16Array.of(0, 65535, 7, 1),
  i32: Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0, 1),
  u32: Uint32Array.of(0, 2 ** 32 - 1, 7, 1),
  i64: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n, 0n, 1n),
  u64: BigUint64Array.of(0n, 2n ** 64n - 1n, 7n, 1n),
} as const;
const dtypes = Object.keys(NUMBERS) as (keyof typeof NUMBERS)[];

const LONG = "é".repeat(2 ** 19);
const MANY = 1000;

/** Everything that the writer knows. */
function sample(): GroupToWrite {
  const root = new GroupToWrite();
  const { attributes } = root;
  attributes.set("text", variableText("a text – with more than ASCII"));
  attributes.set("empty text", variableText(""));
  attributes.set("long", variableText(LONG));
  attributes.set("texts", variableTexts(["first", "", "third ".repeat(1000)]));
  attributes.set("fixed", fixedTexts(["first", "", "second one"]));
  attributes.set("fixed UTF-8", fixedTexts(["größer", "b"]));
  attributes.set("no texts", fixedTexts([]));
  attributes.set("integer", numbers("i64", [], BigInt64Array.of(-7n)));
  attributes.set("matrix", numbers("f32", [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)));
  attributes.set("名前", numbers("u8", [], Uint8Array.of(5)));
  for (const dtype of dtypes)
    root.dataset(`types/${dtype}`, numbers(dtype, [2, 2], NUMBERS[dtype]));
  root.dataset("scalar", numbers("f32", [], Float32Array.of(3.5)));
  root.dataset("none", numbers("f32", [0, 3], new Float32Array(0)));
  root.dataset("texts", fixedTexts(["a", "bc"])).attributes.set("unit", variableText("m"));
  const filled = floats([3, 5], (target) => target.set(target.map((_, i) => i / 2)));
  root.dataset("a/b/c/kernel:0", filled);
  root.group("empty/emptier");
  for (const name of ["größe", "Größe", "名前", "\u{1f600}", "\uff5e", "z", "a b"]) {
    root.group(`unicode/${name}`).attributes.set("name", variableText(name));
  }
  for (let i = 0; i < MANY; i++) {
    const member = root.group(`many/member ${(i * 617) % MANY}`);
    member.attributes.set("i", numbers("i32", [], Int32Array.of((i * 617) % MANY)));
  }
  return root;
}

function dataset(root: Hdf5Group, path: string): { shape: readonly number[]; data: WeightData } {
  const found = root.get(path);
  if (found?.kind !== "dataset") throw new Error(`no dataset ${path}`);
  const tensor = tensorOf(found, path, fail);
  return { shape: tensor.shape, data: tensor.data() };
}

describe("writeHdf5", () => {
  const bytes = writeHdf5(sample(), fail);
  const root = open(bytes);

  it("writes attributes of every kind, also one of a megabyte", () => {
    expect(root.attribute("text")).toEqual(["a text – with more than ASCII"]);
    expect(root.attribute("empty text")).toEqual([""]);
    expect(root.attribute("long")).toEqual([LONG]);
    expect(root.attribute("texts")).toEqual(["first", "", "third ".repeat(1000)]);
    expect(root.attribute("fixed")).toEqual(["first", "", "second one"]);
    expect(root.attribute("fixed UTF-8")).toEqual(["größer", "b"]);
    expect(root.attribute("no texts")).toEqual([]);
    expect(root.attribute("integer")).toEqual(BigInt64Array.of(-7n));
    expect(root.attribute("matrix")).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(root.attribute("名前")).toEqual(Uint8Array.of(5));
    expect(root.get("texts")!.attribute("unit")).toEqual(["m"]);
  });

  it("writes numbers of every kind", () => {
    for (const dtype of dtypes) {
      expect(dataset(root, `types/${dtype}`), dtype).toEqual({
        shape: [2, 2],
        data: NUMBERS[dtype],
      });
    }
    expect(dataset(root, "scalar")).toEqual({ shape: [], data: Float32Array.of(3.5) });
    expect(dataset(root, "none")).toEqual({ shape: [0, 3], data: new Float32Array(0) });
    const halves = Float32Array.from({ length: 15 }, (_, i) => i / 2);
    expect(dataset(root, "a/b/c/kernel:0")).toEqual({ shape: [3, 5], data: halves });
  });

  it("writes groups without members, with a thousand, and with names beyond ASCII", () => {
    expect(root.names).toEqual([
      "a",
      "empty",
      "many",
      "none",
      "scalar",
      "texts",
      "types",
      "unicode",
    ]);
    const empty = root.get("empty") as Hdf5Group;
    expect(empty.names).toEqual(["emptier"]);
    expect((empty.get("emptier") as Hdf5Group).names).toEqual([]);
    const many = root.get("many") as Hdf5Group;
    expect(many.names).toHaveLength(MANY);
    for (let i = 0; i < MANY; i++) {
      expect(many.get(`member ${i}`)!.attribute("i")).toEqual(Int32Array.of(i));
    }
    const unicode = root.get("unicode") as Hdf5Group;
    // In the order of UTF-8's bytes, which isn't that of UTF-16.
    expect(unicode.names).toEqual(["Größe", "a b", "größe", "z", "名前", "\uff5e", "\u{1f600}"]);
    for (const name of unicode.names) expect(unicode.get(name)!.attribute("name")).toEqual([name]);
  });

  it("writes the same bytes for the same content", () => {
    expect(Buffer.compare(writeHdf5(sample(), fail), bytes)).toBe(0);
  });

  it("has elements computed in the file's own memory, aligned for every type", () => {
    const group = new GroupToWrite();
    const targets: Float32Array[] = [];
    group.dataset("odd", numbers("u8", [3], Uint8Array.of(1, 2, 3)));
    group.dataset(
      "a",
      floats([5], (target) => targets.push(target.fill(1))),
    );
    group.dataset(
      "b",
      floats([7], (target) => targets.push(target.fill(2))),
    );
    const file = writeHdf5(group, fail);
    expect(targets.map(({ length }) => length)).toEqual([5, 7]);
    for (const { buffer, byteOffset } of targets) {
      expect(buffer).toBe(file.buffer);
      expect(byteOffset % 8).toBe(0);
    }
    expect(file.buffer.byteLength).toBe(file.length);
    expect(dataset(open(file), "odd").data).toEqual(Uint8Array.of(1, 2, 3));
    expect(dataset(open(file), "b").data).toEqual(new Float32Array(7).fill(2));
  });

  it("names an attribute that doesn't fit, and refuses what can't be a member", () => {
    const group = new GroupToWrite();
    group.attributes.set("weight_names", fixedTexts(["x".repeat(70_000)]));
    expect(() => writeHdf5(group, fail)).toThrow(
      /written\.h5 \(keras-h5\): attribute "weight_names": it takes 70046 bytes, and HDF5 has room for 65528/,
    );
    const values = numbers("u8", [1], Uint8Array.of(1));
    group.dataset("a/b", values);
    expect(() => group.dataset("a/b", values)).toThrow('"a/b" exists already');
    expect(() => group.dataset("a/b/c", values)).toThrow('"b" is a dataset, not a group');
    expect(() => group.group("a//c")).toThrow(`"" can't be the name of a group or dataset`);
    expect(() => group.group("c\0d")).toThrow(`"c\\u0000d" can't be the name`);
    expect(() => numbers("u8", [2], Uint8Array.of(1))).toThrow("[2] doesn't fit 1 elements");
    expect(() => numbers("f32", [1], Uint8Array.of(1))).toThrow("written from a Float32Array");
  });
});

/** Reads everything that `sample` holds, as JSON; what JSON can't hold (64 bits, NaN, infinity) as text. */
const READ = `
import h5py, json, numpy as np
def plain(v):
    if isinstance(v, bytes): return v.decode('utf8')
    if isinstance(v, np.ndarray): return [plain(x) for x in v.tolist()]
    if isinstance(v, np.generic): return plain(v.item())
    return v
f = h5py.File('a.h5')
visited = []
f.visititems(lambda name, item: visited.append(name))
types = {k: [str(v.dtype), list(v.shape), [str(x) for x in v[:].ravel().tolist()]] for k, v in f['types'].items()}
print(json.dumps({
  'attributes': {k: plain(v) for k, v in f.attrs.items() if k != 'long'},
  'long': [len(f.attrs['long']), f.attrs['long'] == 'é' * 2**19],
  'visited': len(visited),
  'types': types,
  'scalar': float(f['scalar'][()]),
  'none': list(f['none'].shape),
  'texts': [plain(x) for x in f['texts'][:]],
  'unit': f['texts'].attrs['unit'],
  'kernel': f['a/b/c/kernel:0'][:].ravel().tolist(),
  'empty': [list(f['empty']), list(f['empty/emptier'])],
  'unicode': {k: v.attrs['name'] for k, v in f['unicode'].items()},
  'many': [f['many/member %d' % i].attrs['i'].item() for i in range(${MANY})],
}))
`;

describe.skipIf(!pythonWith("h5py"))("what writeHdf5 writes (needs Debian's python3-h5py)", () => {
  const python = (script: string, file: GroupToWrite, outputs: readonly string[] = []) =>
    runPython({ module: "h5py", script, files: { "a.h5": writeHdf5(file, fail) }, outputs });

  it("is the same to h5py, value by value", () => {
    const { printed } = python(READ, sample());
    const found = printed as Record<string, Record<string, unknown>>;
    expect(found.attributes).toEqual({
      text: "a text – with more than ASCII",
      "empty text": "",
      texts: ["first", "", "third ".repeat(1000)],
      fixed: ["first", "", "second one"],
      "fixed UTF-8": ["größer", "b"],
      "no texts": [],
      integer: -7,
      matrix: [
        [1, 2, 3],
        [4, 5, 6],
      ],
      名前: 5,
    });
    const names = ["größe", "Größe", "名前", "\u{1f600}", "\uff5e", "z", "a b"];
    const groups = 8 + dtypes.length + 3 + 1 + names.length + MANY;
    expect(found).toMatchObject({
      long: [2 ** 19, true],
      visited: groups,
      scalar: 3.5,
      none: [0, 3],
      texts: ["a", "bc"],
      unit: "m",
      kernel: Array.from({ length: 15 }, (_, i) => i / 2),
      empty: [["emptier"], []],
      unicode: Object.fromEntries(names.map((name) => [name, name])),
      many: Array.from({ length: MANY }, (_, i) => i),
    });
    const kinds = { f: "float", i: "int", u: "uint" };
    for (const dtype of dtypes) {
      const [type, shape, values] = found.types[dtype] as [string, number[], string[]];
      const [kind, bits] = [dtype[0] as keyof typeof kinds, dtype.slice(1)];
      expect([type, shape], dtype).toEqual([`${kinds[kind]}${bits}`, [2, 2]]);
      const isBig = bits === "64" && kind !== "f";
      const parsed = values.map((text) => (isBig ? BigInt(text) : fromPython(text)));
      expect(parsed, dtype).toEqual(Array.from<unknown>(NUMBERS[dtype]));
    }
  });

  it("can be changed by h5py, and read again", () => {
    const script = `
import h5py
f = h5py.File('a.h5', 'r+')
f.attrs['added'] = 'later'
del f['many/member 5']
for i in range(100): f['many/more %d' % i] = i
f['empty/emptier/x'] = [1.5, 2.5]
f['types/f32'][0, 0] = 9
f.close()
print(len(h5py.File('a.h5')['many']))`;
    const { printed, outputs } = python(script, sample(), ["a.h5"]);
    expect(printed).toBe(MANY + 99);
    const root = open(outputs[0]);
    expect(root.attribute("added")).toEqual(["later"]);
    expect(root.attribute("long")).toEqual([LONG]);
    const many = root.get("many") as Hdf5Group;
    expect(many.names).toHaveLength(MANY + 99);
    expect(many.get("member 6")!.attribute("i")).toEqual(Int32Array.of(6));
    expect(dataset(root, "many/more 99").data).toEqual(BigInt64Array.of(99n));
    expect(dataset(root, "empty/emptier/x").data).toEqual(Float64Array.of(1.5, 2.5));
    expect(dataset(root, "types/f32").data[0]).toBe(9);
  });

  it("may be a tree of three levels, and attributes of more than 64 KiB together", () => {
    const root = new GroupToWrite();
    for (let i = 0; i < 9000; i++) {
      root.dataset(`${i}`, numbers("u16", [], Uint16Array.of(i)));
    }
    const list = Array.from({ length: 600 }, (_, i) => `${i}`.padEnd(100, "x"));
    for (let i = 0; i < 5; i++) root.attributes.set(`names${i}`, fixedTexts(list));
    const file = open(writeHdf5(root, fail));
    expect(file.names).toHaveLength(9000);
    expect(dataset(file, "8999").data).toEqual(Uint16Array.of(8999));
    expect(file.attribute("names4")).toEqual(list);
    const script = `
import h5py, json
f = h5py.File('a.h5')
assert all(f[str(i)][()] == i for i in range(9000))
print(json.dumps([len(f), list(f) == sorted(str(i) for i in range(9000)), [len(f.attrs['names%d' % i]) for i in range(5)], f.attrs['names4'][599].decode()]))`;
    expect(python(script, root).printed).toEqual([
      9000,
      true,
      [600, 600, 600, 600, 600],
      list[599],
    ]);
  });
});

function fromPython(text: string): number {
  return text === "inf" ? Number.POSITIVE_INFINITY : Number(text);
}
