import { readdirSync, readFileSync } from "node:fs";
import { pythonWith, runPython } from "../formats/python.ts";

/** The scripts of the folder `python`, and networks and weights of the golden numbers, to lie beside what they read and write. */
function scripts(): Record<string, Uint8Array> {
  return {
    ...filesIn(new URL("python/", import.meta.url), /\.py$/),
    ...filesIn(new URL("../golden/", import.meta.url), /^(zoo_\w+|weights)\.py$/),
  };
}

function filesIn(folder: URL, pattern: RegExp): Record<string, Uint8Array> {
  const names = readdirSync(folder).filter((name) => pattern.test(name));
  return Object.fromEntries(
    names.map((name) => [name, new Uint8Array(readFileSync(new URL(name, folder)))]),
  );
}

/** What the scripts need; tests are skipped without. */
export const hasReaders = ["torch", "h5py", "onnx"].every((module) => pythonWith(module));

/** Runs one of the scripts in a fresh folder with some files. */
export function runScript(
  name: "make" | "read" | "exports" | "read_exports",
  files: Readonly<Record<string, Uint8Array>>,
  outputs: readonly string[] = [],
) {
  return runPython({
    module: "torch, h5py, onnx",
    script: `import warnings; warnings.simplefilter("ignore")\nimport ${name}`,
    files: { ...scripts(), ...files },
    outputs,
  });
}

export const floatBytes = (values: Float32Array) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

export const jsonBytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** What `read` printed. @throws Error with Python's own where a file couldn't be read or run. */
export function outputsOf(printed: unknown, file: string): number[] {
  const values = (printed as Record<string, unknown>)[file];
  if (Array.isArray(values)) return values as number[];
  throw new Error(`${file}: ${values ?? "not read"}`);
}
