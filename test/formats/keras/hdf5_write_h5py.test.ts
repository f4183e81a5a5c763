import { describe, expect, it } from "vitest";
import type { Hdf5Group } from "../../../src/formats/keras/hdf5/file.ts";
import { writeHdf5 } from "../../../src/formats/keras/hdf5/write/file.ts";
import { GroupToWrite } from "../../../src/formats/keras/hdf5/write/group.ts";
import { fixedTexts } from "../../../src/formats/keras/hdf5/write/values.ts";
import { pythonWith, runPython } from "../python.ts";
import { dataset, fail, LONG, MANY, NAMES, NUMBERS, numbers, open, sample } from "./hdf5_sample.ts";

/** Reads everything that `sample` holds, as JSON; what JSON can't hold (infinity) as text. */
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
print(json.dumps({
  'attributes': {k: plain(v) for k, v in f.attrs.items() if k != 'long'},
  'long': [len(f.attrs['long']), f.attrs['long'] == 'é' * 2**19],
  'visited': len(visited),
  'type': str(f['numbers'].dtype),
  'numbers': [str(x) for x in f['numbers'][:].ravel().tolist()],
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
    const { numbers: found, ...others } = printed as { readonly numbers: readonly string[] };
    expect(found.map((text) => (text === "-inf" ? -Infinity : Number(text)))).toEqual(NUMBERS);
    expect(others).toEqual({
      attributes: {
        text: "a text – with more than ASCII",
        "empty text": "",
        fixed: ["first", "", "second one"],
        "fixed UTF-8": ["größer", "b"],
        "no texts": [],
        number: -7,
        matrix: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        名前: [5],
      },
      long: [2 ** 19, true],
      visited: 8 + 3 + 1 + NAMES.length + MANY,
      type: "float32",
      scalar: 3.5,
      none: [0, 3],
      texts: ["a", "bc"],
      unit: "m",
      kernel: Array.from({ length: 15 }, (_, i) => i / 2),
      empty: [["emptier"], []],
      unicode: Object.fromEntries(NAMES.map((name) => [name, name])),
      many: Array.from({ length: MANY }, (_, i) => i),
    });
  });

  it("can be changed by h5py, and read again", () => {
    const script = `
import h5py
f = h5py.File('a.h5', 'r+')
f.attrs['added'] = 'later'
del f['many/member 5']
for i in range(100): f['many/more %d' % i] = i
f['empty/emptier/x'] = [1.5, 2.5]
f['numbers'][0, 0] = 9
f.close()
print(len(h5py.File('a.h5')['many']))`;
    const { printed, outputs } = python(script, sample(), ["a.h5"]);
    expect(printed).toBe(MANY + 99);
    const root = open(outputs[0]);
    expect(root.attribute("added")).toEqual(["later"]);
    expect(root.attribute("long")).toEqual([LONG]);
    const many = root.get("many") as Hdf5Group;
    expect(many.names).toHaveLength(MANY + 99);
    expect(many.get("member 6")!.attribute("i")).toEqual(Float32Array.of(6));
    expect(dataset(root, "many/more 99").data).toEqual(BigInt64Array.of(99n));
    expect(dataset(root, "empty/emptier/x").data).toEqual(Float64Array.of(1.5, 2.5));
    expect(dataset(root, "numbers").data[0]).toBe(9);
  });

  it("may be a tree of three levels, and attributes of more than 64 KiB together", () => {
    const root = new GroupToWrite();
    for (let i = 0; i < 9000; i++) root.dataset(`${i}`, numbers([], i));
    const list = Array.from({ length: 600 }, (_, i) => `${i}`.padEnd(100, "x"));
    for (let i = 0; i < 5; i++) root.attributes.set(`names${i}`, fixedTexts(list));
    const file = open(writeHdf5(root, fail));
    expect(file.names).toHaveLength(9000);
    expect(dataset(file, "8999").data).toEqual(Float32Array.of(8999));
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
