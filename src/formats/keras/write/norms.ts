import type { GraphNode, NodeOf } from "../../graph/network_graph.ts";
import { ONLY_CHANNELS } from "./lacking.ts";
import type { PlannedValue } from "./plan.ts";
import type { Planned, Planner } from "./planner.ts";
import { vector } from "./weights.ts";

export function batchNorm(
  node: NodeOf<"batchNorm">,
  [input]: readonly PlannedValue[],
  planner: Planner,
): Planned {
  const { order, shape } = input;
  const gamma = planner.weight(node, "weight");
  const beta = planner.weight(node, "bias");
  const config = {
    axis: [shape.length],
    momentum: 1 - node.attrs.momentum,
    epsilon: node.attrs.eps,
    center: beta !== undefined,
    scale: gamma !== undefined,
  };
  const weights = [
    ...(gamma ? [vector("gamma", gamma, order)] : []),
    ...(beta ? [vector("beta", beta, order)] : []),
    vector("moving_mean", planner.required(node, "running_mean"), order),
    vector("moving_variance", planner.required(node, "running_var"), order),
  ];
  return { layer: planner.add(node.name, "BatchNormalization", config, [input.layer], weights) };
}

export function layerNorm(
  node: NodeOf<"layerNorm">,
  [input]: readonly PlannedValue[],
  planner: Planner,
): Planned {
  if (node.attrs.isLast && input.shape.length > 1) return { why: ONLY_CHANNELS };
  const config = { axis: [input.shape.length], epsilon: node.attrs.eps };
  return normalization(node, "LayerNormalization", config, input, planner);
}

export function groupNorm(
  node: NodeOf<"groupNorm">,
  [input]: readonly PlannedValue[],
  planner: Planner,
): Planned {
  if (!planner.options.hasGroups) return { why: "TensorFlow.js has no GroupNormalization" };
  const { numGroups, eps } = node.attrs;
  const config = { groups: numGroups, axis: -1, epsilon: eps };
  return normalization(node, "GroupNormalization", config, input, planner);
}

/** A normalisation without running statistics, with what it has of gamma and beta. */
function normalization(
  node: GraphNode,
  className: string,
  config: Readonly<Record<string, unknown>>,
  { layer, order }: PlannedValue,
  planner: Planner,
): Planned {
  const gamma = planner.weight(node, "weight");
  const beta = planner.weight(node, "bias");
  const weights = [
    ...(gamma ? [vector("gamma", gamma, order)] : []),
    ...(beta ? [vector("beta", beta, order)] : []),
  ];
  const whole = { ...config, center: beta !== undefined, scale: gamma !== undefined };
  return { layer: planner.add(node.name, className, whole, [layer], weights) };
}
