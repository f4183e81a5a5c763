import { beforeAll, describe, expect, it } from "vitest";
import { decodeElements, swapBytes } from "../../../src/formats/elements/dtypes.ts";
import { failing } from "../../../src/formats/errors.ts";
import { type Hdf5Group, openHdf5 } from "../../../src/formats/keras/hdf5/file.ts";
import { pythonWith, runPython } from "../python.ts";

/** Everything that h5py writes and this reader knows, in one file; `LIBVER` chooses the generation of the format. */
const WRITE = `
import h5py, json, numpy as np
f = h5py.File('a.h5', 'w', libver=LIBVER, userblock_size=USERBLOCK)
f.attrs['text'] = 'a text – with more than ASCII'
f.attrs['bytes'] = np.bytes_('old style')
f.attrs['list'] = np.array([b'first', b'second one'])
f.attrs['unicode list'] = ['é', '', 'x' * 300]
f.attrs['number'] = 7
f.attrs['floats'] = np.array([0.5, -2.0], '>f4')
f.attrs['long'] = 'y' * 100000
rng = np.random.default_rng(1)
values = rng.integers(-100, 100, (7, 11, 5))
for name in ['f8', 'f4', 'f2', 'i1', 'i2', 'i4', 'i8', '>f4', '>i2', '?']:
    f['types/' + name] = (values > 0 if name == '?' else values.astype(name))
for name in ['u1', 'u2', 'u4', 'u8']:
    f['types/' + name] = np.abs(values).astype(name)
f['scalar'] = np.float32(3.5)
f['none'] = np.zeros((0, 3), 'f4')
f['text data'] = 'hello'
f.create_dataset('chunks/gzip', data=values, chunks=(3, 4, 5), compression='gzip', shuffle=True, fletcher32=True)
f.create_dataset('chunks/plain', data=values, chunks=(4, 4, 4))
f.create_dataset('chunks/one', data=values, chunks=values.shape, compression='gzip')
f.create_dataset('chunks/pages', data=np.arange(3000), chunks=(2,), compression='gzip')
if LIBVER == 'earliest': f.create_dataset('chunks/many', data=np.arange(6000), chunks=(7,), maxshape=(None,))
f.create_dataset('empty', (3,), 'f4')
f.create_dataset('lzf', data=values, compression='lzf')
for i in range(300): f.create_group('many/member %d' % i).attrs['i'] = i
for i in range(40): f['many'].attrs['attribute %d' % i] = 'value %d' % i
f['soft'] = h5py.SoftLink('/scalar')
f['outside'] = h5py.ExternalLink('/etc/passwd', '/x')
f.close()
print(json.dumps(values.ravel().tolist()))
`;

function write(libver: string, userblock = 0): { root: Hdf5Group; values: number[] } {
  const script = WRITE.replaceAll("LIBVER", `'${libver}'`).replace("USERBLOCK", String(userblock));
  const { outputs, printed } = runPython({ module: "h5py", script, outputs: ["a.h5"] });
  return { root: openHdf5(outputs[0], failing("a.h5", "keras-h5")), values: printed as number[] };
}

function numbers(root: Hdf5Group, path: string): number[] {
  const dataset = root.get(path);
  if (dataset?.kind !== "dataset") throw new Error(`no dataset ${path}`);
  const bytes = dataset.bytes();
  const { type } = dataset;
  return Array.from(
    decodeElements(
      type.number!,
      type.bigEndian ? swapBytes(bytes, type.size) : bytes,
    ) as Float64Array,
    Number,
  );
}

describe.skipIf(!pythonWith("h5py"))("HDF5, written by python3-h5py", () => {
  const variants: readonly (readonly [string, number])[] = [
    ["earliest", 0],
    ["v108", 0],
    ["latest", 0],
    ["earliest", 1024],
  ];
  for (const [libver, userblock] of variants) {
    describe(`libver ${libver}${userblock ? " behind a user's block" : ""}`, () => {
      let root: Hdf5Group;
      let values: number[];

      // Not before: this block is read where there is no Python, too, and its tests are counted as skipped.
      beforeAll(() => {
        ({ root, values } = write(libver, userblock));
      });

      it("reads attributes", () => {
        expect(root.attribute("text")).toEqual(["a text – with more than ASCII"]);
        expect(root.attribute("bytes")).toEqual(["old style"]);
        expect(root.attribute("list")).toEqual(["first", "second one"]);
        expect(root.attribute("unicode list")).toEqual(["é", "", "x".repeat(300)]);
        expect(Array.from(root.attribute("number") as BigInt64Array)).toEqual([7n]);
        expect(root.attribute("floats")).toEqual(Float32Array.of(0.5, -2));
        expect(root.attribute("long")).toEqual(["y".repeat(100_000)]);
        expect(root.attribute("absent")).toBeUndefined();
      });

      it("reads every kind of number", () => {
        for (const name of ["f8", "f4", "f2", "i1", "i2", "i4", "i8", ">f4", ">i2"]) {
          expect(numbers(root, `types/${name}`), name).toEqual(values);
        }
        expect(numbers(root, "types/?")).toEqual(values.map((value) => Number(value > 0)));
        for (const name of ["u1", "u2", "u4", "u8"]) {
          expect(numbers(root, `types/${name}`), name).toEqual(values.map(Math.abs));
        }
        expect(root.get("types/f2")).toMatchObject({ shape: [7, 11, 5], type: { number: "f16" } });
        expect(numbers(root, "scalar")).toEqual([3.5]);
        expect(root.get("scalar")).toMatchObject({ shape: [] });
        expect(numbers(root, "none")).toEqual([]);
        expect(root.get("text data")).toMatchObject({ type: { text: "variable" } });
      });

      it("reads chunks", () => {
        expect(numbers(root, "chunks/gzip")).toEqual(values);
        expect(numbers(root, "chunks/plain")).toEqual(values);
        expect(numbers(root, "chunks/one")).toEqual(values);
        expect(numbers(root, "chunks/pages")).toEqual(Array.from({ length: 3000 }, (_, i) => i));
        const many = root.get("chunks/many");
        if (many)
          expect(numbers(root, "chunks/many")).toEqual(Array.from({ length: 6000 }, (_, i) => i));
      });

      it("finds its way in large groups and among many attributes", () => {
        const many = root.get("many") as Hdf5Group;
        expect(many.names).toHaveLength(300);
        for (const i of [0, 1, 57, 299]) {
          expect(many.get(`member ${i}`)!.attribute("i")).toEqual(BigInt64Array.of(BigInt(i)));
        }
        for (const i of [0, 9, 39])
          expect(many.attribute(`attribute ${i}`)).toEqual([`value ${i}`]);
      });

      it("follows no links to elsewhere, and says what it can't read", () => {
        expect(root.get("soft")).toBeUndefined();
        expect(root.get("outside")).toBeUndefined();
        expect(() => numbers(root, "empty")).toThrow(
          /dataset "\/empty": its elements were never written/,
        );
        expect(() => numbers(root, "lzf")).toThrow(
          /packed by a filter that isn't known \(number 32000\)/,
        );
      });
    });
  }
});
