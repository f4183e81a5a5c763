import type { GraphNode } from "./network_graph.ts";

/** Names of the nodes whose values don't depend on the image. */
export function constantNames(nodes: readonly GraphNode[]): string[] {
  const names = new Set<string>();
  for (const { name, op, inputs } of nodes) {
    if (op !== "input" && inputs.every((input) => names.has(input))) names.add(name);
  }
  return [...names];
}
