/** What an example may look like: short, and of nothing but what its reader has. */
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";
import { filesBelow, importsOf, repository } from "../import_graph.ts";

const examples = filesBelow("examples", [".ts"]);
const folderOf = (file: string) => file.slice(0, file.lastIndexOf("/") + 1);

it.each(examples)("%s has at most 50 lines and imports webgraft alone", (file) => {
  const lines = readFileSync(join(repository, file), "utf8").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(50);
  const others = importsOf(file)
    .map(({ target }) => target)
    .filter((target) => !["src/index.ts", "src/node.ts"].includes(target) && !isBuiltin(target))
    // Node 20 has no sockets of its own.
    .filter((target) => target !== "ws" || folderOf(file) !== "examples/federated/")
    .filter((target) => folderOf(file) === "examples/" || folderOf(target) !== folderOf(file));
  expect(others).toEqual([]);
});
