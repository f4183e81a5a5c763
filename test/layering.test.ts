/** The house of ARCHITECTURE.md, kept: modules import only from their left, and nothing goes round in circles. */
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  circles,
  filesBelow,
  type Import,
  type ImportGraph,
  importGraph,
  missingTargets,
  reachable,
  repository,
} from "./import_graph.ts";

/** Left to right; modules of one row don't know each other. */
const layers = [
  ["src/base"],
  ["src/platform"],
  ["src/formats", "src/gpu"],
  ["src/kernels"],
  ["src/autograd"],
  ["src/nn", "src/optim"],
  ["src/data"],
  ["src/models", "src/metrics"],
  ["src/train"],
  ["src/transfer", "src/explain"],
  ["src/report"],
  ["src/finetune"],
  ["src/api", "src/core.ts"],
  ["src/index.ts", "src/node.ts"],
  ["src/cli", "bench", "examples"],
  ["demos"],
];

const nodeFiles = /^src\/(platform\/node\/|node\.ts$|cli\/)|^(bench|examples)\//;
const nodePackages = new Set(["sharp", "webgpu", "puppeteer", "@sparticuz/chromium"]);
const cliPackages = new Set(["commander", "picocolors"]);

const sources = ["src", "bench", "demos", "examples"].flatMap((folder) =>
  filesBelow(folder, [".ts", ".tsx"]),
);
const graph = importGraph(sources.filter((file) => !file.endsWith(".d.ts")));

/** Whether other rooms may import a file: a room has one door, Node's part of the platform another, and `api` only doors. */
const isDoor = (room: string, file: string): boolean =>
  file === `${room}/index.ts` || file === "src/platform/node/index.ts" || room === "src/api";

/** The module that a path belongs to and its row. */
function place(path: string): { module: string; row: number } | null {
  for (const [row, modules] of layers.entries()) {
    const module = modules.find((name) => path === name || path.startsWith(`${name}/`));
    if (module) return { module, row };
  }
  return null;
}

function listed(from: ImportGraph, breaks: (file: string, item: Import) => boolean): string[] {
  return [...from].flatMap(([file, imports]) =>
    imports.filter((item) => breaks(file, item)).map(({ target }) => `${file} imports ${target}`),
  );
}

function isNodeOnly({ target, isPackage }: Import): boolean {
  return isPackage && (isBuiltin(target) || nodePackages.has(target));
}

describe("the layers", () => {
  it("hold every source file", () => {
    expect([...graph.keys()].filter((file) => place(file) === null)).toEqual([]);
  });

  it("import only from their left", () => {
    const wrong = listed(graph, (file, { target, isPackage }) => {
      const own = place(file);
      const other = isPackage || target.endsWith(".wgsl") ? null : place(target);
      if (!own || !other || own.module === other.module) return false;
      return other.row >= own.row;
    });
    expect(wrong).toEqual([]);
  });

  it("are entered by their doors", () => {
    const wrong = listed(graph, (file, { target, isPackage }) => {
      const own = place(file);
      const other = isPackage || target.endsWith(".wgsl") ? null : place(target);
      if (!own || !other || own.module === other.module) return false;
      return other.module.startsWith("src/") && !other.module.endsWith(".ts")
        ? !isDoor(other.module, target)
        : false;
    });
    expect(wrong).toEqual([]);
  });

  it("name files that exist", () => {
    expect(missingTargets(graph)).toEqual([]);
  });

  it("have no circles, types and what is loaded later counted", () => {
    expect(circles(graph).map((files) => files.join(" "))).toEqual([]);
  });
});

/** The node of ARCHITECTURE's picture that a file belongs to; null for tools. */
function nodeOf(path: string): string | null {
  const [first, second = ""] = path.split("/");
  if (first !== "src") return first === "tools" ? null : first!;
  return ["api", "core.ts", "index.ts"].includes(second) ? "api" : second;
}

/** Which nodes import which, without what follows from other arrows, as lines "nn → autograd". */
function picture(from: ImportGraph): string[] {
  const targets = new Map<string, Set<string>>();
  for (const [file, imports] of from) {
    const node = nodeOf(file)!;
    const own = targets.get(node) ?? new Set();
    targets.set(node, own);
    for (const { target, isPackage } of imports) {
      const other = isPackage || target.endsWith(".wgsl") ? null : nodeOf(target);
      if (other && other !== node) own.add(other);
    }
  }
  const below = (node: string): string[] =>
    [...(targets.get(node) ?? [])].flatMap((next) => [next, ...below(next)]);
  return [...targets].flatMap(([node, own]) => {
    const direct = [...own].filter((one) => ![...own].some((other) => below(other).includes(one)));
    return direct.length > 0 ? [`${node} → ${direct.sort().join(", ")}`] : [];
  });
}

describe("ARCHITECTURE.md", () => {
  it("shows which rooms import which, as the imports have it", () => {
    const text = readFileSync(join(repository, "ARCHITECTURE.md"), "utf8");
    const [, drawn = ""] = /```text\n(platform →[^`]*)```/.exec(text) ?? [];
    expect(drawn.trim().split("\n").sort()).toEqual(picture(graph).sort());
  });
});

describe("what only some may import", () => {
  it("shaders: src/kernels", () => {
    const wrong = listed(
      graph,
      (file, { target }) => target.endsWith(".wgsl") && !file.startsWith("src/kernels/"),
    );
    expect(wrong).toEqual([]);
  });

  it("Node's modules: src/platform/node*.ts, src/node.ts, the command, benches and examples", () => {
    expect(listed(graph, (file, item) => isNodeOnly(item) && !nodeFiles.test(file))).toEqual([]);
  });

  it("kernels for processors: src/kernels/init.ts, which loads them where there is no GPU", () => {
    const folder = "src/kernels/software/";
    const wrong = listed(
      graph,
      (file, { target }) => target.startsWith(folder) && !file.startsWith(folder),
    );
    expect(wrong).toEqual([`src/kernels/init.ts imports ${folder}variants.ts`]);
  });

  it("the command line's packages: src/cli and the benches", () => {
    const wrong = listed(
      graph,
      (file, { target }) => cliPackages.has(target) && !/^(src\/cli|bench)\//.test(file),
    );
    expect(wrong).toEqual([]);
  });

  it("nothing of Node: whatever src/index.ts can lead to, so that it runs in a browser", () => {
    const files = reachable(graph, "src/index.ts");
    expect(files.filter((file) => graph.get(file)?.some(isNodeOnly))).toEqual([]);
  });
});

/** What may change and belongs to no object, with the reason why it can't. */
const states: Readonly<Record<string, string>> = {
  "src/platform/current.ts current": "which platform this is",
  "src/platform/node/gpu.ts kept": "Dawn's GPUs must stay reachable while there is work for them",
  "src/gpu/current.ts current": "the device that tensors are made on",
  "src/gpu/context.ts context": "what holds for the code that runs now",
  "src/gpu/kernel.ts cache":
    "a kernel specialised once is one object, which pipelines are found by",
  "src/autograd/op.ts registry": "the names of all ops, for their tests",
};

/** Names declared at the top level that can be given other values, or hold what changes. */
function statesOf(file: string): string[] {
  const source = readFileSync(join(repository, file), "utf8");
  const patterns = [
    /^(?:export )?(?:let|var) (\w+)/gm,
    /^(?:export )?const (\w+)(?:: (?!Readonly)[^=]*)? = new (?:Weak)?(?:Map|Set)\b/gm,
    /^(?:export )?const (\w+)(?:: [^=]*\[\])? = \[\];/gm,
    /^(?:export )?const (\w+): \{(?!\s*readonly)/gm,
    /^const (context) =/gm,
    /^ {2}(?:private |protected )?static (?!readonly |async |\*|\w+\()(#?\w+)/gm,
  ];
  return patterns.flatMap((pattern) => [...source.matchAll(pattern)].map(([, name]) => name!));
}

describe("state", () => {
  it("belongs to objects, but for six things", () => {
    const files = filesBelow("src", [".ts"]).filter((file) => !file.endsWith(".d.ts"));
    const found = files.flatMap((file) => statesOf(file).map((name) => `${file} ${name}`));
    expect(found.sort()).toEqual(Object.keys(states).sort());
    expect(found.length).toBeLessThanOrEqual(6);
  });
});

describe("circles", () => {
  const edge = (target: string, more: Partial<Import> = {}): Import => ({
    target,
    isPackage: false,
    isType: false,
    isDynamic: false,
    ...more,
  });
  const build = (last: Import): ImportGraph =>
    new Map(["a", "b", "c"].map((file, i, files) => [file, [i < 2 ? edge(files[i + 1]) : last]]));

  it("are found through several files, through types and through dynamic imports", () => {
    expect(circles(build(edge("b")))).toEqual([["b", "c"]]);
    expect(circles(build(edge("a", { isType: true })))).toEqual([["a", "b", "c"]]);
    expect(circles(build(edge("b", { isDynamic: true })))).toEqual([["b", "c"]]);
    expect(circles(build(edge("other")))).toEqual([]);
  });
});
