/** The house of ARCHITECTURE.md, kept: modules import only from their left, and nothing goes round in circles. */
import { isBuiltin } from "node:module";
import { describe, expect, it } from "vitest";
import {
  circles,
  filesBelow,
  type Import,
  type ImportGraph,
  importGraph,
  missingTargets,
  reachable,
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
  ["src/models"],
  ["src/train"],
  ["src/transfer"],
  ["src/finetune"],
  ["src/api", "src/core.ts"],
  ["src/index.ts", "src/node.ts"],
  ["src/cli", "demos", "bench"],
];

const nodeFiles = /^src\/(platform\/node\/|node\.ts$|cli\/)|^bench\//;
const nodePackages = new Set(["sharp", "webgpu", "puppeteer", "@sparticuz/chromium"]);
const cliPackages = new Set(["commander", "cli-progress", "picocolors"]);

const sources = ["src", "bench", "demos"].flatMap((folder) => filesBelow(folder, [".ts"]));
const graph = importGraph(sources.filter((file) => !file.endsWith(".d.ts")));

/** Whether other rooms may import a file: a room has one door, Node's part of the platform another, and `api` only doors. */
const isDoor = (room: string, file: string): boolean =>
  file === `${room}/index.ts` || file === "src/platform/node/index.ts" || room === "src/api";

/** Rooms in which circles are still to be undone. */
const withCircles = ["nn"];

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
    const found = circles(graph).filter(
      (files) =>
        !files.every((file) => withCircles.some((room) => file.startsWith(`src/${room}/`))),
    );
    expect(found.map((files) => files.join(" "))).toEqual([]);
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

  it("Node's modules: src/platform/node*.ts, src/node.ts, the command and the benches", () => {
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
