export { inferShapes } from "./architecture/shapes.ts";
export {
  type Architecture,
  type ArchitectureNode,
  type NodeOf,
  type OpName,
  requireArchitecture,
} from "./architecture.ts";
export { modelCard } from "./card/index.ts";
export type { CardData, CardInput, CardSource, ModelCardInfo } from "./card/info.ts";
export { fetched, ReusedRoom } from "./decoding.ts";
export { WeightFileError } from "./errors.ts";
export { labelsJson, readLabels } from "./labels.ts";
export { loadWeights } from "./load.ts";
export { writeNpy, writeNpz } from "./numpy/write.ts";
export { writePytorch } from "./pytorch/write.ts";
export { writeSafetensors } from "./safetensors/write.ts";
export {
  collectTensors,
  type SafetensorsOptions,
  type SaveOptions,
  saveBytes,
  saveNpz,
  savePytorch,
  saveSafetensors,
  type TensorDict,
  type TensorLike,
} from "./save.ts";
export { type SaveModelOptions, saveKerasH5, saveOnnx, saveTfjs } from "./save_model.ts";
export type { ByteSource, FileLike, ReadOptions, WeightSource } from "./source.ts";
export { traceModel } from "./trace/index.ts";
export type {
  TensorToWrite,
  WeightData,
  WeightDtype,
  WeightFile,
  WeightFormat,
  WeightTensor,
} from "./types.ts";
