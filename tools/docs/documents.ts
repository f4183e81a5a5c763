/** The documents of the documentation: guides, tables and examples, as TypeDoc takes them. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Guides that are there in Chinese too, with the same code. */
export const CHINESE = ["first_fine_tune", "freezing_and_cuts", "files"] as const;

/** Guides in the order in which they are read. */
export const GUIDES = [
  "first_fine_tune",
  "freezing_and_cuts",
  "files",
  "own_op",
  "performance",
  "migrating",
] as const;

interface Document {
  /** Below the folder of documents. */
  readonly path: string;
  readonly group: string;
  readonly text: string;
}

/**
 * Writes all documents into a folder, which is emptied first.
 *
 * @returns their paths, in order, and that of the first page.
 */
export async function writeDocuments(folder: string): Promise<{ home: string; paths: string[] }> {
  await rm(folder, { recursive: true, force: true });
  const documents = [
    ...(await guides()),
    ...(await tables()),
    ...(await chinese()),
    ...(await examples()),
  ];
  const paths = await Promise.all(documents.map((document) => write(folder, document)));
  const home = join(folder, "index.md");
  await writeFile(home, pointedHere(await read("docs/index.md"), ""));
  return { home, paths };
}

async function write(folder: string, { path, group, text }: Document): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  const [, title] = /^# (.*)$/m.exec(text) ?? [];
  if (!title) throw new Error(`${path} has no heading`);
  const at = path.replace(/\.md$/, "");
  const front = `---\ntitle: ${JSON.stringify(title)}\ngroup: ${group}\nat: ${at}\n---\n`;
  await writeFile(file, front + text);
  return file;
}

const read = (path: string) => readFile(join(repository, path), "utf8");

async function guides(): Promise<Document[]> {
  return Promise.all(
    GUIDES.map(async (name) => ({
      path: `guides/${name}.md`,
      group: "Guides",
      text: pointedHere(await read(`docs/guides/${name}.md`), "../"),
    })),
  );
}

/** What tests and measurements write: tables, beside the first page. */
async function tables(): Promise<Document[]> {
  const names = (await readdir(join(repository, "docs"))).filter((name) => name.endsWith(".md"));
  const others = names.filter((name) => name !== "index.md").sort();
  return Promise.all(
    others.map(async (path) => ({ path, group: "Guides", text: await read(`docs/${path}`) })),
  );
}

async function chinese(): Promise<Document[]> {
  return Promise.all(
    CHINESE.map(async (name) => ({
      path: `zh/${name}.md`,
      group: "中文",
      text: pointedHere(await read(`docs/zh/${name}.md`), "../"),
    })),
  );
}

/** Each example as a page: what its head says, and its code. */
async function examples(): Promise<Document[]> {
  const paths = await readdir(join(repository, "examples"), { recursive: true });
  const files = paths.filter((path) => path.endsWith(".ts")).sort();
  return Promise.all(
    files.map(async (path) => {
      const code = await read(`examples/${path}`);
      const name = path.replaceAll("\\", "/").replace(/\.ts$/, "");
      const text = `# ${titleOf(name)}\n\n\`\`\`ts\n${code}\`\`\`\n`;
      return { path: exampleAt(name), group: "Examples", text };
    }),
  );
}

/** "own_op" as "Own op", "worker/main" as "Worker: main". */
function titleOf(name: string): string {
  const words = name.replaceAll("_", " ").replace("/", ": ");
  return words[0]!.toUpperCase() + words.slice(1);
}

/** A page has one folder for all examples: their names as files. */
const exampleAt = (name: string) => `examples/${name.replace("/", "_")}.md`;

/** Links to examples and to pages as they lie in the repository, to where they are in the documentation. */
function pointedHere(text: string, up: string): string {
  return text
    .replace(/\]\((?:\.\.\/)*examples\/([\w/]+)\.ts\)/g, (_, name) => `](${up}${exampleAt(name)})`)
    .replace(/\]\((?:\.\.\/)*layers\.md/g, `](${up}layers.md`);
}
