import type { GraphNode } from "./network_graph.ts";

/** The input and the nodes that some outputs depend on, in their order. */
export function reachable(nodes: readonly GraphNode[], outputs: readonly string[]): GraphNode[] {
  const needed = new Set(outputs);
  for (const node of [...nodes].reverse()) {
    if (needed.has(node.name)) for (const input of node.inputs) needed.add(input);
  }
  return nodes.filter((node) => needed.has(node.name) || node.op === "input");
}
