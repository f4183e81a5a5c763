/** TF.js layers models of one layer each that Keras files have and Graft reads without writing them. */
import { layersModel, type ModelFiles } from "../tfjs/rearranged_models.ts";

const activation = (name: string, input: readonly number[] = [6, 8, 4]) =>
  layersModel(input, [["Activation", { name: "y", activation: name }]], {});

const ofPositive = (name: string) =>
  layersModel(
    [6, 8, 4],
    [
      ["Activation", { name: "branch", activation: "sigmoid" }],
      ["Activation", { name: "y", activation: name }],
    ],
    {},
  );

/** By the labels of layer_samples.ts. */
export const KERAS_LAYERS: Readonly<Record<string, ModelFiles | undefined>> = {
  exp: activation("exponential"),
  log: ofPositive("log"),
  sqrt: ofPositive("sqrt"),
  erf: activation("erf"),
  "log softmax": activation("log_softmax", [6]),
  "RMS norm over channels or features": layersModel(
    [6, 8, 4],
    [["RMSNormalization", { name: "y", axis: -1, epsilon: 1e-3 }]],
    { "y/scale": [4] },
  ),
};
