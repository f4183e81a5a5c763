import { recordOps, type Tensor, zeros } from "../../../autograd/index.ts";
import { evaluating, type Module } from "../../../nn/index.ts";
import { GraphModel } from "../from_architecture.ts";
import { type AxesAre, GraphWriter, type TracedModel } from "./graph_writer.ts";
import { translate } from "./translate.ts";

/**
 * Traces a model: finds out which operations it applies to an image, in evaluation mode, without computing them. So any
 * model of known operations can be exported, not only known classes.
 *
 * @param inputShape of one image, [C, H, W], or signal, [C, L], which files have as a map of one row; the model's own `inputShape` where left out.
 * @throws Error listing every operation that no file format here can hold.
 */
export function traceModel(
  model: Module,
  inputShape?: readonly number[],
  classes?: readonly string[],
): TracedModel {
  const shape = inputShape ?? shapeOf(model);
  const input = zeros([1, ...shape]);
  const { ops, result } = evaluating(model, () => recordOps(() => model.forward(input) as Tensor));
  const state = model.stateDict();
  const written = (axes: AxesAre) => {
    const graph = new GraphWriter(state, input, axes);
    for (const op of ops) translate(op, graph);
    return graph;
  };
  // Formats have words for maps and vectors, and some have them for nothing else.
  const ofMaps = written("of maps");
  const ofAny = ofMaps.problems > 0 ? written("any") : ofMaps;
  const graph = ofAny.problems < ofMaps.problems ? ofAny : ofMaps;
  return graph.finish(result, graph.sides(shape), { classes, given: givenIn(model) });
}

/** Layers that a file can't hold may come from modules that were given for its own. */
function givenIn(model: Module): readonly string[] {
  if (!(model instanceof GraphModel)) return [];
  return model.graph.nodes.flatMap(({ op, name }) => (op === "given" ? [name] : []));
}

function shapeOf(model: Module): readonly number[] {
  if ("inputShape" in model && Array.isArray(model.inputShape)) return model.inputShape;
  throw new Error(
    "saving an architecture needs the shape of one image: pass { inputShape: [channels, height, width] }",
  );
}
