import { DAMAGED, printable } from "../../errors.ts";
import type { NetworkBuilder } from "../../graph/builder.ts";
import { grouped } from "../../grouped.ts";
import { isJsonObject, ownValue } from "../../json.ts";
import { nodeOfValue, type TfNode } from "./nodes.ts";

/** A graph without what its outputs don't need. */
export interface NeededGraph {
  readonly nodes: readonly TfNode[];
  /** Names of nodes. */
  readonly outputs: readonly string[];
}

/** Nodes that nobody takes and that are no outputs all the same: switches of training, checks, initialisers. */
const NO_OUTPUTS: ReadonlySet<string> = new Set(["Const", "NoOp", "Placeholder", "Assert"]);

/**
 * Finds a graph's outputs and the nodes that they need: what else the graph holds is never run.
 *
 * @param signature of the model, where it has one: names its outputs.
 * @throws the builder's error when there is no output.
 */
export function neededGraph(
  nodes: readonly TfNode[],
  signature: unknown,
  builder: NetworkBuilder,
): NeededGraph {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const outputs = withoutClassNumbers(outputNames(nodes, signature), byName, builder);
  if (outputs.length === 0) throw builder.fail("modelTopology", "it has no output", DAMAGED);
  const needed = new Set(outputs);
  for (const name of needed) {
    for (const input of byName.get(nodeOfValue(name))?.inputs ?? []) needed.add(nodeOfValue(input));
  }
  return { nodes: nodes.filter(({ name }) => needed.has(name)), outputs };
}

/** Those that the signature names, else the nodes whose values nobody takes. */
function outputNames(nodes: readonly TfNode[], signature: unknown): string[] {
  const named = ownValue(signature, "outputs");
  if (isJsonObject(named)) {
    const names = Object.values(named).flatMap((output) => {
      const name = ownValue(output, "name");
      return typeof name === "string" ? [name.replace(/:0$/, "")] : [];
    });
    if (names.length > 0) return names;
  }
  const taken = new Set(nodes.flatMap(({ inputs }) => inputs.map(nodeOfValue)));
  return nodes
    .filter(({ name, op }) => !NO_OUTPUTS.has(op) && !taken.has(name))
    .map(({ name }) => name);
}

/** Which class scores highest is no value to train on: outputs that tell it are left out, or end at the scores. */
function withoutClassNumbers(
  outputs: readonly string[],
  byName: ReadonlyMap<string, TfNode>,
  builder: NetworkBuilder,
): string[] {
  const scoresOf = new Map<string, string>();
  for (const name of outputs) {
    const node = behindIdentities(name, byName);
    if (node?.op === "ArgMax" && node.inputs.length > 0) scoresOf.set(name, node.inputs[0]);
  }
  for (const name of scoresOf.keys()) {
    builder.notes.push(
      `The output "${printable(name)}" tells the number of the best class and was left out.`,
    );
  }
  const others = outputs.filter((name) => !scoresOf.has(name));
  return others.length > 0 ? others : [...new Set(scoresOf.values())];
}

/** The node whose value an output passes on. */
function behindIdentities(name: string, byName: ReadonlyMap<string, TfNode>): TfNode | undefined {
  const seen = new Set<string>();
  let node = byName.get(name);
  while (node?.op === "Identity" && !seen.has(node.name)) {
    seen.add(node.name);
    node = byName.get(node.inputs[0] ?? "");
  }
  return node;
}

/**
 * Nodes may come in any order: here each comes behind those whose values it takes. What waits for a value that nobody
 * gives is left out.
 *
 * @param given the values that are there from the start.
 */
export function inOrder(
  nodes: readonly TfNode[],
  given: { has(name: string): boolean },
): readonly TfNode[] {
  const needs = (node: TfNode) =>
    new Set(node.inputs.filter((name) => !given.has(name)).map(nodeOfValue));
  const takers = grouped(
    nodes.flatMap((node) => [...needs(node)].map((name) => [name, node] as const)),
  );
  const missing = new Map(nodes.map((node) => [node, needs(node).size]));
  const ready = nodes.filter((node) => missing.get(node) === 0);
  for (const { name } of ready) {
    for (const taker of takers.get(name) ?? []) {
      const left = (missing.get(taker) ?? 0) - 1;
      missing.set(taker, left);
      if (left === 0) ready.push(taker);
    }
  }
  return ready;
}
