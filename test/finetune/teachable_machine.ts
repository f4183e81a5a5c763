/** The Teachable Machine export of golden/make_teachable_machine.mjs, with the published trunk's weights put in. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Group {
  readonly paths: readonly string[];
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

const golden = (name: string) =>
  readFileSync(new URL(`golden/teachable_machine/${name}`, import.meta.url));

const manifestOf = (json: Uint8Array): readonly Group[] =>
  JSON.parse(new TextDecoder().decode(json)).weightsManifest;

/** The bytes of each weight in the groups, which `read` gives by their shards' names. */
function weightsIn(groups: readonly Group[], read: (path: string) => Uint8Array) {
  const found = new Map<string, Uint8Array>();
  for (const { paths, weights } of groups) {
    const bytes = Buffer.concat(paths.map(read));
    let at = 0;
    for (const { name, shape } of weights) {
      const end = at + 4 * shape.reduce((a, b) => a * b, 1);
      found.set(name, bytes.subarray(at, end));
      at = end;
    }
  }
  return found;
}

/** Writes the files that a browser downloads into a folder. @param mobilenet the folder of MobileNet's own files. */
export function writeTeachableMachine(folder: string, mobilenet: string): void {
  const trunk = weightsIn(
    manifestOf(readFileSync(join(mobilenet, "mobilenet_model.json"))),
    (path) => readFileSync(join(mobilenet, path)),
  );
  const [group] = manifestOf(golden("model.json"));
  const isOwn = ({ name }: { name: string }) => name.startsWith("dense");
  const own = weightsIn([{ paths: [""], weights: group!.weights.filter(isOwn) }], () =>
    golden("weights.bin"),
  );
  const all = group!.weights.map(({ name }) => own.get(name) ?? trunk.get(name)!);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "weights.bin"), Buffer.concat(all));
  for (const name of ["model.json", "metadata.json", "labels.txt"]) {
    writeFileSync(join(folder, name), golden(name));
  }
}

export const LABELS = ["daisy", "rose", "sunflower"];

/** What TF.js gives for `waves`. */
export const wavesInTfjs: readonly number[] = JSON.parse(golden("waves.json").toString());

/** A picture of 224 × 224 made of sines, RGBA, which nobody has to resize. */
export function waves(side = 224): { data: Uint8ClampedArray; width: number; height: number } {
  const data = new Uint8ClampedArray(4 * side * side).fill(255);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let c = 0; c < 3; c++) {
        const wave = Math.sin(0.05 * (c + 1) * x + 0.031 * y * (3 - c));
        data[4 * (y * side + x) + c] = Math.round(127.5 + 127 * wave);
      }
    }
  }
  return { data, width: side, height: side };
}
