/**
 * Kernels share words instead of repeating each other: of all lines of kernels, at most 5 % stand in a run of six or more that
 * another kernel has as well. Comments, blank lines, indentation and lines of brackets alone don't count.
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { filesBelow, repository } from "./import_graph.ts";

const RUN = 6;
const MOST = 0.05;

interface Kernel {
  readonly file: string;
  readonly lines: readonly string[];
}

function read(file: string): Kernel {
  const lines = readFileSync(`${repository}/${file}`, "utf8")
    .split("\n")
    .map((line) => line.replace(/\/\/.*/, "").replaceAll(/\s+/g, ""))
    .filter((line) => /\w/.test(line));
  return { file, lines };
}

/** By kernel, which of its lines stand in a run that another kernel has as well. */
function repeated(kernels: readonly Kernel[]): Map<string, Set<number>> {
  const places = new Map<string, { file: string; start: number }[]>();
  for (const { file, lines } of kernels) {
    for (let start = 0; start + RUN <= lines.length; start++) {
      const run = lines.slice(start, start + RUN).join("\n");
      places.set(run, [...(places.get(run) ?? []), { file, start }]);
    }
  }
  const found = new Map<string, Set<number>>();
  for (const shared of places.values()) {
    if (new Set(shared.map(({ file }) => file)).size < 2) continue;
    for (const { file, start } of shared) {
      const lines = found.get(file) ?? new Set();
      for (let i = 0; i < RUN; i++) lines.add(start + i);
      found.set(file, lines);
    }
  }
  return found;
}

it("finds what two kernels have in common, and nothing in one alone", () => {
  const same = Array.from({ length: RUN }, (_, i) => `line${i}`);
  const kernels = [
    { file: "a", lines: ["own", ...same] },
    { file: "b", lines: [...same, "other"] },
    { file: "c", lines: ["twice", "twice", ...same.slice(1)] },
  ];
  const found = repeated(kernels);
  expect([...(found.get("a") ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...(found.get("b") ?? [])]).toEqual([0, 1, 2, 3, 4, 5]);
  expect(found.has("c")).toBe(false);
});

it("kernels hardly repeat each other", () => {
  const kernels = filesBelow("shaders", [".wgsl"])
    .filter((file) => !file.startsWith("shaders/lib/"))
    .map(read);
  const all = kernels.reduce((sum, { lines }) => sum + lines.length, 0);
  const found = repeated(kernels);
  const count = [...found.values()].reduce((sum, lines) => sum + lines.size, 0);
  const worst = [...found].map(([file, lines]) => `${lines.size} lines of ${file}`).sort();
  expect(count / all, `put into shaders/lib/ what is shared: ${worst.join(", ")}`).toBeLessThan(
    MOST,
  );
});
