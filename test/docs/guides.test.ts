/** What guides say without being run: names of other libraries beside ours, commands, links. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { SETTINGS } from "../../src/api/finetune.ts";
import * as graft from "../../src/index.ts";
import { CHINESE, GUIDES } from "../../tools/docs/documents.ts";
import torch from "../golden/torch_names.json" with { type: "json" };
import { filesBelow, repository } from "../import_graph.ts";
import { blocksOf, guides, textOf } from "./guides.ts";

const read = (path: string) => readFileSync(join(repository, path), "utf8");

describe("the guides", () => {
  it("are all in the documentation", () => {
    expect(guides).toEqual(GUIDES.map((name) => `${name}.md`).sort());
  });

  it.each(guides)("%s names commands and options that there are", (guide) => {
    const known = new Set(Object.keys(SETTINGS).map(optionOf));
    for (const more of ["--help", "--resume", "--to", "--dtype"]) known.add(more);
    const lines = blocksOf(textOf(guide), "sh").flatMap((block) => block.trim().split("\n"));
    const commands = readdirSync(join(repository, "src/cli/commands")).map(
      (name) => name.split(".")[0],
    );
    for (const line of lines.filter((text) => text.startsWith("npx webgraft"))) {
      const [, , word = ""] = line.split(/\s+/);
      if (word && !word.startsWith("-")) expect(commands, line).toContain(word);
      for (const [option] of line.matchAll(/--[a-z-]+/g))
        expect([...known], line).toContain(option);
    }
  });
});

/** "batchSize" as "--batch-size". */
const optionOf = (name: string) =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

it.each(CHINESE)("the Chinese %s has the English one's code", (name) => {
  const english = textOf(`${name}.md`);
  const chinese = read(`docs/zh/${name}.md`);
  for (const language of ["ts", "sh", "js", "text"])
    expect(blocksOf(chinese, language)).toEqual(blocksOf(english, language));
});

describe("the table of names", () => {
  const rows = [...textOf("migrating.md").matchAll(/^\| (.*) \| (.*) \| (.*) \| `([\w.]+)` \|$/gm)];

  it.each(rows.map(([, , , , name]) => name!))("%s is exported", (name) => {
    const found = name
      .split(".")
      .reduce<unknown>((from, part) => Reflect.get(Object(from), part), graft);
    expect(found).toBeDefined();
  });

  it("names PyTorch's own", () => {
    const named = rows.map(([, name]) => name!.replaceAll("`", "")).filter((name) => name !== "–");
    expect(named.length).toBeGreaterThan(60);
    expect(named.filter((name) => !torch.cases.includes(name))).toEqual([]);
  });
});

/** A heading's anchor, as GitHub and TypeDoc make it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-");

describe("links", () => {
  const pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ...filesBelow("docs", [".md"])];

  it.each(pages)("%s leads to files and headings that there are", (page) => {
    const dead = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [path, anchor] = link.split("#");
        const target = path ? join(dirname(page), path) : page;
        if (!existsSync(join(repository, target))) return true;
        const headings = anchor ? [...read(target).matchAll(/^#+ (.*)$/gm)] : [];
        return anchor !== undefined && !headings.some(([, text]) => anchorOf(text!) === anchor);
      });
    expect(dead).toEqual([]);
  });
});
