/**
 * Weight files in and out: the entry `webgraft/formats` and the namespace `formats`.
 *
 * @module webgraft/formats
 */
export {
  type ByteSource,
  type CardData,
  type CardInput,
  type CardSource,
  collectTensors,
  type FileLike,
  labelsJson,
  loadWeights,
  type ModelCardInfo,
  modelCard,
  type NetworkGraph,
  type ReadOptions,
  readLabels,
  requireArchitecture,
  type SaveOptions,
  type SaveSafetensorsOptions,
  type SaveTextOptions,
  saveBytes,
  saveNpz,
  savePytorch,
  saveSafetensors,
  type TensorDict,
  type TensorLike,
  type TensorToWrite,
  type WeightData,
  type WeightDtype,
  type WeightFile,
  WeightFileError,
  type WeightFormat,
  type WeightSource,
  type WeightTensor,
  writeNpy,
  writeNpz,
  writePytorch,
  writeSafetensors,
} from "../formats/index.ts";
export {
  type ExportOptions,
  type SaveModelOptions,
  saveKerasH5,
  saveOnnx,
  saveTfjs,
} from "../models/index.ts";
