import { describe, it } from "vitest";
import { checkCase, type OpCase } from "./cases.ts";
import activation from "./ops_activation.json";
import batchNorm from "./ops_batch_norm.json";
import convTranspose2d from "./ops_conv_transpose2d.json";
import conv2d from "./ops_conv2d.json";
import loss from "./ops_loss.json";
import pool from "./ops_pool.json";
import resize from "./ops_resize.json";
import rowNorm from "./ops_row_norm.json";
import signal from "./ops_signal.json";
import tensorOps from "./ops_tensor.json";

const files: Record<string, OpCase[]> = {
  convolutions: conv2d.cases,
  "transposed convolutions": convTranspose2d.cases,
  resizing: resize.cases,
  signals: signal.cases,
  pools: pool.cases,
  "batch norm": batchNorm.cases,
  "norms of rows": rowNorm.cases,
  losses: loss.cases,
  activations: activation.cases,
  tensors: tensorOps.cases,
};

describe.each(Object.entries(files))("PyTorch's numbers: %s", (_, cases) => {
  it.each(cases.map((spec) => [spec.name, spec] as const))("%s", (_, spec) =>
    checkCase(spec, 1e-5),
  );
});
