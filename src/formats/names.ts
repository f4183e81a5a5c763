/** The kinds of weight file that Graft reads. */
export type WeightFormat =
  | "safetensors"
  | "pytorch"
  | "npz"
  | "npy"
  | "keras-h5"
  | "keras"
  | "tfjs-layers"
  | "tfjs-graph"
  | "onnx";
