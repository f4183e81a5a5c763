import { decomposed } from "../../graph/decompose.ts";
import type { NetworkGraph } from "../../graph/network_graph.ts";
import { shapesOf, type WeightsToWrite } from "../../graph/writing.ts";
import { LACKING, planNode } from "./layers.ts";
import type { KerasPlan } from "./plan.ts";
import { Planner, type PlanOptions } from "./planner.ts";

/**
 * Plans a network as a Keras model: layers, and weights in Keras's layout.
 *
 * @throws the error of `fail` listing every layer that Keras can't do, or naming a tensor that is missing.
 */
export function planModel(
  graph: NetworkGraph,
  weights: WeightsToWrite,
  options: PlanOptions,
): KerasPlan {
  const simple = decomposed(graph, new Set([...LACKING, ...(options.lacks ?? [])]));
  const shapes = shapesOf(simple, options.fail);
  return new Planner(simple, shapes, weights, options).plan(planNode);
}
