import { announce } from "../../shared/index.ts";
import { look } from "../choose/actions.ts";
import { text as collectText } from "../collect/texts.ts";
import { keys, keysOf, newProject } from "../project/project.ts";
import type { Project, Run } from "../project/types.ts";
import { newId, studio } from "../studio.ts";
import { packProject, unpackProject } from "./project_file.ts";
import { text } from "./texts.ts";

/** What a network is saved as, and the text that says who reads it. */
export const FORMATS = [
  { name: ".safetensors", hint: "safetensors" },
  { name: ".h5", hint: "h5" },
  { name: ".onnx", hint: "onnx" },
  { name: ".json", hint: "tfjs" },
] as const;
export type FormatName = (typeof FORMATS)[number]["name"];

/** Hands out the trained network in a format. @throws Error where it has no such layers. */
export async function saveNetwork(run: Run, format: FormatName): Promise<void> {
  const network = await studio.files.get(keys.network(run.id));
  if (!network || !run.result) throw new Error(text().nothing);
  const [name, { info }] = [`model${format}`, run.result];
  const ask = { run: run.id, network, info, name };
  const files = await studio.client.ask("takeAway", ask);
  const { zipFiles } = await import("./zip.ts");
  const [first] = files;
  const isAlone = files.length === 1;
  handOut(isAlone ? first.bytes : await zipFiles(files), isAlone ? first.name : "model-tfjs.zip");
}

/** Hands out a page that predicts with the trained network. */
export async function savePage(run: Run): Promise<void> {
  const network = await studio.files.get(keys.network(run.id));
  if (!network || !run.result) throw new Error(text().nothing);
  const [response, { predictHtml }] = await Promise.all([
    fetch("predict_page.js"),
    import("./predict_html.ts"),
  ]);
  if (!response.ok) throw new Error(`predict_page.js: ${response.status}`);
  const { pageTitle, pageAsk: hint, pageLoading: loading } = text();
  const html = predictHtml({
    script: await response.text(),
    network: new Uint8Array(await network.arrayBuffer()),
    language: document.documentElement.lang,
    title: pageTitle(run.result.info.classes.slice(0, 3).join(", ")),
    ...{ hint, loading },
  });
  handOut(new Blob([html], { type: "text/html" }), "predict.html");
}

export async function saveProject(): Promise<void> {
  const project = studio.project.value;
  const files = new Map<string, Blob>();
  for (const key of keysOf(project)) {
    const file = await studio.files.get(key);
    if (file) files.set(key, file);
  }
  handOut(await packProject(project, files), "graft-project.zip");
}

export async function openProject(file: File): Promise<void> {
  const said = text();
  if (studio.project.value.pictures.length > 0 && !confirm(said.replace)) return;
  try {
    const { project, files } = await unpackProject(file);
    await studio.files.remove(keysOf(studio.project.value));
    if (!(await studio.files.put(files))) studio.say(collectText().full, true);
    await show(project);
    announce(said.opened);
  } catch (error) {
    studio.say(said.badProject(error instanceof Error ? error.message : String(error)), true);
  }
}

export async function startOver(): Promise<void> {
  if (!confirm(text().sure)) return;
  await studio.files.remove(keysOf(studio.project.value));
  const { newClass } = collectText();
  await show(newProject(newId, [newClass(1), newClass(2)]));
}

async function show(project: Project): Promise<void> {
  studio.commit(project);
  await studio.flush();
  studio.step.value = "collect";
  await look();
}

function handOut(content: Uint8Array | Blob, name: string): void {
  const blob = content instanceof Blob ? content : new Blob([new Uint8Array(content)]);
  const link = document.createElement("a");
  Object.assign(link, { href: URL.createObjectURL(blob), download: name });
  link.click();
  // The browser takes the file some time after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  announce(text().saved(name));
}
