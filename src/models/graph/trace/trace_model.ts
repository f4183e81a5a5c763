import { noGrad, type Tensor, type TracedOp, traceOps, zeros } from "../../../autograd/index.ts";
import type { Module } from "../../../nn/index.ts";
import { GraphWriter, type TracedModel } from "./graph_writer.ts";
import { translate } from "./translate.ts";

/**
 * Finds out what a model computes by running it once on an image of zeros, in evaluation mode, and
 * noting its operations: any model of known operations can be exported, not only known classes.
 *
 * @param inputShape of one image, [C, H, W]; the model's own `inputShape` where left out.
 * @throws Error listing every operation that no file format here can hold.
 */
export function traceModel(
  model: Module,
  inputShape?: readonly number[],
  classes?: readonly string[],
): TracedModel {
  const shape = inputShape ?? shapeOf(model);
  const wasTraining = model.training;
  model.eval();
  try {
    const input = zeros([1, ...shape]);
    const graph = new GraphWriter(model.stateDict(), input);
    const output = noGrad(() =>
      traceOps(
        (op: TracedOp) => translate(op, graph),
        () => model.forward(input) as Tensor,
      ),
    );
    return graph.finish(output, shape, classes);
  } finally {
    model.train(wasTraining);
  }
}

function shapeOf(model: Module): readonly number[] {
  if ("inputShape" in model && Array.isArray(model.inputShape)) return model.inputShape;
  throw new Error(
    "saving an architecture needs the shape of one image: pass { inputShape: [channels, height, width] }",
  );
}
