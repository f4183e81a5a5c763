export { modelCard } from "./card/index.ts";
export type { CardData, CardInput, CardSource, ModelCardInfo } from "./card/info.ts";
export { labelsJson, readLabels } from "./card/labels.ts";
export { writableEndings, writerFor } from "./detect/formats.ts";
export { fetched, ReusedRoom } from "./elements/decoding.ts";
export { WeightFileError } from "./errors.ts";
export { PLAIN_ACTIVATIONS, type PlainActivation } from "./graph/activations.ts";
export type { GivenLayers } from "./graph/given_layers.ts";
export {
  type GraphNode,
  type NetworkGraph,
  type NodeOf,
  type OpAttrs,
  type OpName,
  requireArchitecture,
  type WeightRole,
} from "./graph/network_graph.ts";
export { reachable } from "./graph/reachable.ts";
export { inferShapes, outputsOf } from "./graph/shapes.ts";
export { writeKerasH5 } from "./keras/write/h5.ts";
export { NETWORK_KEY, TEACHABLE_MACHINE } from "./labels_beside.ts";
export { loadWeights } from "./load.ts";
export type { WeightFormat } from "./names.ts";
export { writeNpy, writeNpz } from "./numpy/write.ts";
export { writeOnnx } from "./onnx/write/index.ts";
export { writePytorch } from "./pytorch/write.ts";
export { readSafetensors } from "./safetensors/read.ts";
export { writeSafetensors } from "./safetensors/write.ts";
export {
  collectTensors,
  type FloatDtype,
  type SaveOptions,
  type SaveSafetensorsOptions,
  type SaveTextOptions,
  saveBytes,
  saveNpz,
  savePytorch,
  saveSafetensors,
  type TensorDict,
  type TensorLike,
} from "./save.ts";
export type { ByteSource, FileLike, ReadOptions, WeightSource } from "./sources/source.ts";
export { writeTfjs } from "./tfjs/write.ts";
export type {
  TensorToWrite,
  WeightData,
  WeightDtype,
  WeightFile,
  WeightTensor,
} from "./types.ts";
export { UniqueNames } from "./unique_names.ts";
export { crc32 } from "./zip/crc32.ts";
