/** The gallery has every example that can run in a page, and its texts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { EXAMPLES } from "../../demos/examples/list.ts";
import { text } from "../../demos/examples/texts.ts";
import { repository } from "../import_graph.ts";

/** What writes files. */
const NODE_ONLY = /from "node:|path: |keep: true/;

it("shows every example but those that write files", () => {
  const folder = join(repository, "examples");
  const names = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  const able = names.filter((name) => !NODE_ONLY.test(readFileSync(join(folder, name), "utf8")));
  expect(Object.keys(EXAMPLES).sort()).toEqual(
    able.map((name) => name.replace(/\.ts$/, "")).sort(),
  );
  expect(Object.keys(text.tables.en)).toEqual(expect.arrayContaining(Object.keys(EXAMPLES)));
  for (const [name, code] of Object.entries(EXAMPLES))
    expect(code.pathname).toMatch(new RegExp(`/${name}\\.ts$`));
});
