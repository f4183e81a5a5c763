/** Runs one example; what it prints goes to the page. */
import type { ExampleName } from "./list.ts";

export type FromWorker =
  | { readonly type: "line"; readonly text: string }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly why: string };

/** Each is its module's own code, from its first line to its last. */
const RUNS: Readonly<Record<ExampleName, () => Promise<unknown>>> = {
  features_only: () => import("../../examples/features_only.ts"),
  any_cut: () => import("../../examples/any_cut.ts"),
  own_layer: () => import("../../examples/own_layer.ts"),
  own_op: () => import("../../examples/own_op.ts"),
  own_metric_and_loss: () => import("../../examples/own_metric_and_loss.ts"),
  judge: () => import("../../examples/judge.ts"),
  segmentation: () => import("../../examples/segmentation.ts"),
  vision_transformer: () => import("../../examples/vision_transformer.ts"),
  several_labels: () => import("../../examples/several_labels.ts"),
  joint_objective: () => import("../../examples/joint_objective.ts"),
  image_and_measurements: () => import("../../examples/image_and_measurements.ts"),
  two_inputs: () => import("../../examples/two_inputs.ts"),
};

const send = (message: FromWorker) => postMessage(message);

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

console.log = (...values: unknown[]) => send({ type: "line", text: values.map(shown).join(" ") });

addEventListener("message", ({ data }: MessageEvent<ExampleName>) => {
  RUNS[data]().then(
    () => send({ type: "done" }),
    (error) => send({ type: "failed", why: String(error) }),
  );
});
