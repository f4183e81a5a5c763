import { signal } from "@preact/signals";
import { announce } from "../../shared/index.ts";
import { chooseNetwork } from "../project/edit.ts";
import { keys, keysOf } from "../project/project.ts";
import type { NetworkChoice } from "../project/types.ts";
import { newId, studio } from "../studio.ts";
import type { NetworkFacts } from "../worker/messages.ts";
import { text } from "./texts.ts";

/** Why the files that were given last weren't taken; null where they were. */
export const refused = signal<string | null>(null);

/**
 * Takes weight files as the network to start from: those of one network together. Where they can't be read, the
 * network stays what it was.
 *
 * @param from where they were fetched, where they were.
 */
export async function chooseWeights(files: readonly File[], from?: string): Promise<void> {
  studio.step.value = "choose";
  refused.value = null;
  const { network } = studio.project.value;
  const before = studio.facts.value;
  studio.facts.value = null;
  let facts: NetworkFacts;
  try {
    facts = await studio.client.ask("inspect", { weights: files });
    if (studio.project.value.network !== network) return; // another was chosen meanwhile
  } catch (error) {
    refused.value = messageOf(error);
    if (studio.project.value.network === network) studio.facts.value = before;
    return;
  }
  await take(await keep(files, from));
  tell(facts);
}

/** Keeps weight files with the project, or for as long as the tab is open where there is no room. */
async function keep(files: readonly File[], from?: string): Promise<NetworkChoice> {
  const entries = files.map((file) => ({ id: newId(), name: file.name, file }));
  const kept = entries.map(({ id, file }) => [keys.weights(id), file] as const);
  if (!(await studio.files.put(new Map(kept))) && !studio.isElsewhere.value) {
    studio.say(text().full, true);
  }
  return {
    kind: "files",
    name: mainName(files.map((file) => file.name)),
    files: entries.map(({ id, name }) => ({ id, name })),
    ...(from !== undefined && { from }),
  };
}

/** The file that people know the network by: the one that describes the others, or the first. */
function mainName(names: readonly string[]): string {
  return names.find((name) => /\.json$/i.test(name)) ?? names[0] ?? "";
}

export async function choose(network: NetworkChoice): Promise<void> {
  refused.value = null;
  await take(network);
  await look();
}

/** Makes it the project's network, and forgets files that nothing needs any more. */
async function take(network: NetworkChoice): Promise<void> {
  const before = keysOf(studio.project.value);
  studio.edit((project) => chooseNetwork(project, network));
  const now = new Set(keysOf(studio.project.value));
  await studio.files.remove(before.filter((key) => !now.has(key)));
}

/** The files of a network; null for the built-in one. @throws Error where one isn't there any more. */
export async function weightFiles(choice: NetworkChoice): Promise<File[] | null> {
  if (choice.kind === "builtin") return null;
  if (choice.kind === "run") {
    const file = await studio.files.get(keys.network(choice.run));
    if (!file) throw new Error(text().gone(choice.name));
    return [new File([file], "trained.safetensors")];
  }
  return Promise.all(
    choice.files.map(async ({ id, name }) => {
      const file = await studio.files.get(keys.weights(id));
      if (!file) throw new Error(text().gone(name));
      return new File([file], name);
    }),
  );
}

/** Looks at the network that is chosen: its layers, what they cost, or what is wrong with its files. */
export async function look(): Promise<void> {
  const { network } = studio.project.value;
  studio.facts.value = null;
  studio.factsError.value = null;
  try {
    const weights = await weightFiles(network);
    const facts = await studio.client.ask("inspect", { weights });
    if (studio.project.value.network !== network) return; // another was chosen meanwhile
    tell(facts);
  } catch (error) {
    if (studio.project.value.network !== network) return;
    studio.factsError.value = messageOf(error);
  }
}

function tell(facts: NetworkFacts): void {
  studio.facts.value = facts;
  studio.factsError.value = null;
  announce(text().looked(facts.layers.length));
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
