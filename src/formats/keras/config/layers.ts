import { ACTIVATION_LAYERS, activationLayer } from "./activations.ts";
import type { LayerRule } from "./context.ts";
import { conv2d, depthwiseConv2d, separableConv2d } from "./conv.ts";
import { batchNorm, dense } from "./dense_norm.ts";
import { add, average, concatenate, merge, multiply, normalization, rescaling } from "./merge.ts";
import {
  groupNormalization,
  instanceNormalization,
  layerNormalization,
  rmsNormalization,
} from "./norms.ts";
import { isKnownOp, kerasOp, tensorflowOpLayer, tfOpLambda } from "./ops.ts";
import { avgPool2d, globalPool, maxPool2d, zeroPadding2d } from "./pool.ts";
import { conv2dTranspose, cropping2d, resizing, upSampling2d } from "./rearranging.ts";
import { flatten, permute, reshape } from "./reshape.ts";
import { inOneRow } from "./signals.ts";

const dropout: LayerRule = ({ name, fields, inputs }, { builder }) =>
  builder.add("dropout", name, inputs, { p: fields.number(0.5, "rate", "p") });

/** Layers that only do something in training, and nothing that Graft has. */
const passedOver: LayerRule = ({ name, className, inputs }, { builder }) => {
  builder.notes.push(`Layer "${name}" (${className}) works in training only and was left out.`);
  return inputs[0];
};

const identity: LayerRule = ({ inputs }) => inputs[0];

const RULES: ReadonlyMap<string, LayerRule> = new Map([
  ...ACTIVATION_LAYERS,
  ["Activation", activationLayer],
  ["Conv2D", conv2d],
  ["Convolution2D", conv2d],
  ["DepthwiseConv2D", depthwiseConv2d],
  ["SeparableConv2D", separableConv2d],
  ["SeparableConvolution2D", separableConv2d],
  ["Conv2DTranspose", conv2dTranspose],
  ["Convolution2DTranspose", conv2dTranspose],
  ["Conv1D", inOneRow(conv2d)],
  ["Convolution1D", inOneRow(conv2d)],
  ["Conv1DTranspose", inOneRow(conv2dTranspose)],
  ["DepthwiseConv1D", inOneRow(depthwiseConv2d)],
  ["SeparableConv1D", inOneRow(separableConv2d)],
  ["Dense", dense],
  ["BatchNormalization", batchNorm],
  ["BatchNormalizationV1", batchNorm],
  ["BatchNormalizationV2", batchNorm],
  ["SyncBatchNormalization", batchNorm],
  ["LayerNormalization", layerNormalization],
  ["RMSNormalization", rmsNormalization],
  ["GroupNormalization", groupNormalization],
  ["Addons>GroupNormalization", groupNormalization],
  ["InstanceNormalization", instanceNormalization],
  ["Addons>InstanceNormalization", instanceNormalization],
  ["MaxPooling2D", maxPool2d],
  ["MaxPool2D", maxPool2d],
  ["AveragePooling2D", avgPool2d],
  ["AvgPool2D", avgPool2d],
  ["GlobalAveragePooling2D", globalPool("globalAvgPool")],
  ["GlobalAvgPool2D", globalPool("globalAvgPool")],
  ["GlobalMaxPooling2D", globalPool("globalMaxPool")],
  ["GlobalMaxPool2D", globalPool("globalMaxPool")],
  ["ZeroPadding2D", zeroPadding2d],
  ["Cropping2D", cropping2d],
  ["UpSampling2D", upSampling2d],
  ["Resizing", resizing],
  ["MaxPooling1D", inOneRow(maxPool2d)],
  ["MaxPool1D", inOneRow(maxPool2d)],
  ["AveragePooling1D", inOneRow(avgPool2d)],
  ["AvgPool1D", inOneRow(avgPool2d)],
  ["GlobalAveragePooling1D", globalPool("globalAvgPool")],
  ["GlobalAvgPool1D", globalPool("globalAvgPool")],
  ["GlobalMaxPooling1D", globalPool("globalMaxPool")],
  ["GlobalMaxPool1D", globalPool("globalMaxPool")],
  ["ZeroPadding1D", inOneRow(zeroPadding2d)],
  ["Cropping1D", inOneRow(cropping2d)],
  ["UpSampling1D", inOneRow(upSampling2d)],
  ["Flatten", flatten],
  ["Reshape", reshape],
  ["Permute", permute],
  ["Add", add],
  ["Multiply", multiply],
  ["Average", average],
  ["Concatenate", concatenate],
  ["Merge", merge],
  ["Rescaling", rescaling],
  ["Normalization", normalization],
  ["TFOpLambda", tfOpLambda],
  ["TensorFlowOpLayer", tensorflowOpLayer],
  ["Dropout", dropout],
  ["SpatialDropout1D", dropout],
  ["SpatialDropout2D", dropout],
  ["GaussianDropout", passedOver],
  ["AlphaDropout", passedOver],
  ["GaussianNoise", passedOver],
  ["RandomFlip", passedOver],
  ["RandomRotation", passedOver],
  ["RandomZoom", passedOver],
  ["RandomTranslation", passedOver],
  ["RandomContrast", passedOver],
  ["RandomBrightness", passedOver],
  ["ActivityRegularization", identity],
  ["Identity", identity],
]);

const REASONS: ReadonlyMap<string, string> = new Map([
  ["Lambda", "it holds Python code, which isn't run"],
  ["LSTM", "recurrent layers aren't supported"],
  ["GRU", "recurrent layers aren't supported"],
  ["SimpleRNN", "recurrent layers aren't supported"],
  ["Bidirectional", "recurrent layers aren't supported"],
  ["ConvLSTM2D", "recurrent layers aren't supported"],
  ["Embedding", "embeddings aren't supported"],
  ["TimeDistributed", "layers over sequences of inputs aren't supported"],
  ["Conv3D", "three-dimensional convolutions aren't supported"],
  ["Conv3DTranspose", "three-dimensional convolutions aren't supported"],
  ["MaxPooling3D", "three-dimensional pools aren't supported"],
  ["AveragePooling3D", "three-dimensional pools aren't supported"],
]);

/** @returns the rule for a class of layers, or why there is none. */
export function ruleFor(className: string, isOperation: boolean): LayerRule | string {
  if (isOperation) return kerasOp;
  const rule = RULES.get(className) ?? (isKnownOp(className) ? kerasOp : undefined);
  return rule ?? REASONS.get(className) ?? "this kind of layer isn't supported";
}
