export { AlexNet, alexnet } from "./alexnet.ts";
export { Backbone, type MapShape } from "./backbone.ts";
export {
  assumedText,
  CONVENTIONS,
  conventionName,
  conventionText,
  findConvention,
  type InputConvention,
  type PixelConvention,
  pictureOptions,
  transformsOf,
} from "./conventions.ts";
export { ConvNeXt, convnextTiny } from "./convnext.ts";
export { DenseNet, densenet121 } from "./densenet.ts";
export { assumptionOf, describedSpec, FROM_FILE, likenessOf } from "./described.ts";
export {
  EfficientNet,
  efficientnetB0,
  efficientnetB1,
  efficientnetB2,
  efficientnetB3,
} from "./efficientnet.ts";
export {
  type FromArchitectureOptions,
  fromArchitecture,
  GraphModel,
} from "./graph/from_architecture.ts";
export { type Replacements, withGiven } from "./graph/given_layers.ts";
export { modelFiles } from "./graph/model_files.ts";
export {
  type ExportOptions,
  type SaveModelOptions,
  saveKerasH5,
  saveOnnx,
  saveTfjs,
} from "./graph/save_model.ts";
export { traceModel } from "./graph/trace/trace_model.ts";
export { lenet, SmallCnn, type SmallCnnOptions, simpleCnn } from "./lenet.ts";
export { MobileNetV1, type MobileNetV1Options, mobilenetV1 } from "./mobilenet_v1.ts";
export { MobileNetV2, type MobileNetV2Options, mobilenetV2 } from "./mobilenet_v2.ts";
export { MobileNetV3, mobilenetV3Large, mobilenetV3Small } from "./mobilenet_v3.ts";
export { currentName } from "./old_names.ts";
export type { ModelOptions } from "./options.ts";
export { type Recognised, specOf } from "./recognise.ts";
export {
  ResNet,
  resnet18,
  resnet20,
  resnet32,
  resnet34,
  resnet44,
  resnet50,
  resnet56,
  resnet101,
  resnet152,
} from "./resnet.ts";
export { ShuffleNetV2, shufflenetV2X0_5, shufflenetV2X1_0 } from "./shufflenet_v2.ts";
export { type SmallVggOptions, smallVgg } from "./small_vgg.ts";
export type {
  BuildOptions,
  ModelSpec,
  PretrainedEntry,
  PublishedClasses,
  PublishedWeights,
} from "./spec.ts";
export { findPretrained, findSpec, listPretrained, modelSpecs } from "./specs.ts";
export { SqueezeNet, squeezenet1_0, squeezenet1_1 } from "./squeezenet.ts";
export {
  VGG,
  VGG_CONFIGURATIONS,
  vgg11,
  vgg11Bn,
  vgg13,
  vgg13Bn,
  vgg16,
  vgg16Bn,
  vgg19,
  vgg19Bn,
} from "./vgg.ts";
export {
  VisionTransformer,
  type VisionTransformerOptions,
  visionTransformer,
  vitSmallPatch16_224,
  vitTinyPatch16_224,
} from "./vit.ts";
