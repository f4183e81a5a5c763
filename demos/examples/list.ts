/** Where the code of each example lies that needs nothing but data which it draws. */
export const EXAMPLES = {
  features_only: new URL("../../examples/features_only.ts", import.meta.url),
  any_cut: new URL("../../examples/any_cut.ts", import.meta.url),
  own_layer: new URL("../../examples/own_layer.ts", import.meta.url),
  own_op: new URL("../../examples/own_op.ts", import.meta.url),
  own_metric_and_loss: new URL("../../examples/own_metric_and_loss.ts", import.meta.url),
  judge: new URL("../../examples/judge.ts", import.meta.url),
  segmentation: new URL("../../examples/segmentation.ts", import.meta.url),
  vision_transformer: new URL("../../examples/vision_transformer.ts", import.meta.url),
  several_labels: new URL("../../examples/several_labels.ts", import.meta.url),
  joint_objective: new URL("../../examples/joint_objective.ts", import.meta.url),
  image_and_measurements: new URL("../../examples/image_and_measurements.ts", import.meta.url),
  two_inputs: new URL("../../examples/two_inputs.ts", import.meta.url),
} as const;

export type ExampleName = keyof typeof EXAMPLES;
