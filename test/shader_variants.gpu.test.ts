/**
 * Every kernel compiles in every variant that its constants and types allow: what only GPUs, or only half precision, ask
 * for would otherwise be compiled for the first time by a user.
 */
import { describe, expect, it } from "vitest";
import { type KernelSource, specialize } from "../src/gpu/index.ts";
import { compiler, errorsOf } from "./compiler.ts";
import { filesBelow } from "./import_graph.ts";

/** A choice for one constant or type of a kernel. */
type Choice = readonly [name: string, value: boolean | number | string];

const device = await compiler();
const files = filesBelow("shaders", [".wgsl"]).filter((file) => !file.startsWith("shaders/lib/"));

/** Parameters and what optimizers keep are f32 in any precision. */
const FULL_PRECISION = new Set(["adam", "rmsprop", "rules", "sgd"]);

/** Sizes of arrays and tiles, and numbers of cases: what launches ask for besides the values written in the files. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  ...{
    RANK: [0, 1, 2, 3, 4, 5, 6],
    NUMBER: [0, 1, 2],
    BIAS: [0, 1, 2],
    LOSS: [0, 1, 2, 3, 4, 5, 6],
  },
  ...{ M: [2, 4], TM: [4, 8], TN: [4, 8], Q: [1, 2], S: [4, 8, 16], LANES: [1, 4, 8, 16, 32, 64] },
};

/** What launches ask for together: kernels of GPUs read vec4s or elements, of either type. */
const TOGETHER: Readonly<Record<string, (T: string) => Choice[][]>> = {
  matmul_blocked: (T) => [
    [
      ["T", T],
      ["A", `vec4<${T}>`],
      ["VECTORS", true],
    ],
    [
      ["T", T],
      ["A", T],
      ["VECTORS", false],
    ],
  ],
  implicit_product: (T) =>
    [0, 1, 3].flatMap((KERNEL) =>
      [true, false].map((isGradient): Choice[] => [
        ["T", T],
        ["KERNEL", KERNEL],
        ["DEPTH", KERNEL === 3 ? 3 : 4],
        ["FEW", KERNEL === 0],
        ["INPUT_GRADIENT", isGradient],
        ["W", KERNEL > 0 && !isGradient ? `vec4<${T}>` : T],
      ]),
    ),
};

async function load(file: string): Promise<KernelSource> {
  const { default: kernel } = (await import(`../${file}`)) as { default: KernelSource };
  return kernel;
}

/** The declarations that a launch may rewrite. */
function declarations(kernel: KernelSource) {
  const text = kernel.map((file) => file.text).join("\n");
  const flags = [...text.matchAll(/^const (\w+): bool = (?:true|false);/gm)].map(
    ([, name]) => name!,
  );
  const types = [...text.matchAll(/^alias (T\w*) = f32;/gm)].map(([, name]) => name!);
  const choices = [...text.matchAll(/^const (\w+): u32 = ([A-Z]\w*);/gm)].map(([, name]) => name!);
  const numbers = [...text.matchAll(/^const (\w+): u32 = \d+u;/gm)].map(([, name]) => name!);
  return { flags, types, choices, numbers, text };
}

/** All values of a constant that is set to one of several named ones: `const OP: u32 = RELU;`. */
function namedValues(text: string, name: string): string[] {
  const declared = new RegExp(`^const ${name}: u32 = (\\w+);`, "m").exec(text);
  const start = declared ? text.indexOf(`const ${declared[1]}`) : -1;
  if (start < 0) return [];
  const block = text.slice(start).split("\n");
  const end = block.findIndex((line) => !/^const [A-Z]\w* = \d+u;/.test(line));
  return block.slice(0, end).map((line) => /^const (\w+)/.exec(line)![1]!);
}

/** Every combination of the flags in both precisions; each type, named value and size for itself. */
function variants(kernel: KernelSource): Choice[][] {
  const { flags, types, choices, numbers, text } = declarations(kernel);
  const combinations = flags.reduce<Choice[][]>(
    (all, flag) =>
      all.flatMap((one) => [true, false].map((value): Choice[] => [...one, [flag, value]])),
    [[]],
  );
  const { name } = specialize(kernel);
  const half = !FULL_PRECISION.has(name);
  const halves = half ? types.map((type): Choice[] => [[type, "f16"]]) : [];
  const fours: Choice[][] = flags.includes("FOURS")
    ? ["vec4<f32>", ...(half ? ["vec4<f16>"] : [])].map((type): Choice[] => [["T", type]])
    : [];
  const kinds: Choice[][] = [[], ...halves, ...fours];
  const named = choices.flatMap((name) =>
    namedValues(text, name).map((value): Choice[] => [[name, value]]),
  );
  const sizes = numbers.flatMap((name) =>
    (SIZES[name] ?? []).map((value): Choice[] => [[name, value]]),
  );
  const together = ["f32", "f16"].flatMap((type) => TOGETHER[name]?.(type) ?? []);
  const all: Choice[] = half ? types.map((type): Choice => [type, "f16"]) : [];
  return [
    ...combinations.flatMap((base) => [base, [...base, ...all]]),
    ...kinds,
    ...together.flatMap((one): Choice[][] => [one, [...one, ["TOUT", "f16"]]]),
    ...[...named, ...sizes].flatMap((one) => [one, [...one, ...all]]),
  ];
}

describe.each(files)("%s", (file) => {
  it("compiles in every variant", async () => {
    const kernel = await load(file);
    const all = variants(kernel);
    const sources = new Map(
      all.map((choices) => [
        specialize(kernel, Object.fromEntries(choices)).source,
        choices.map(([name, value]) => `${name}=${value}`).join(" "),
      ]),
    );
    const wrong: string[] = [];
    for (const [source, label] of sources) {
      for (const message of await errorsOf(device, source)) wrong.push(`${label}: ${message}`);
    }
    expect(wrong).toEqual([]);
  });
});
