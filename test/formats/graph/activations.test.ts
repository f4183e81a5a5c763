import { describe, expect, it } from "vitest";
import { PLAIN_ACTIVATIONS } from "../../../src/formats/graph/activations.ts";
import { requireArchitecture, type WeightFile } from "../../../src/formats/index.ts";
import { readKeras } from "../../../src/formats/keras/read.ts";
import { writeKerasH5 } from "../../../src/formats/keras/write/h5.ts";
import { readOnnx } from "../../../src/formats/onnx/read.ts";
import { writeOnnx } from "../../../src/formats/onnx/write/index.ts";
import { readTfjs } from "../../../src/formats/tfjs/read.ts";
import { writeTfjs } from "../../../src/formats/tfjs/write.ts";
import { memorySource } from "../fuzz.ts";
import { Sketch } from "../graph_samples.ts";
import { memoryFiles } from "../graph_support.ts";
import { interpret } from "../interpret.ts";

const data = Float64Array.from([-5, -3, -1, -0.4, 0, 0.4, 1, 3, 7]);
const image = { shape: [9, 1, 1] as const, data };

describe.each(PLAIN_ACTIVATIONS)("%s", (op) => {
  const sketch = new Sketch([9]);
  sketch.add(op, "act", ["input"], {});
  const graph = sketch.finish(["act"]);

  const formats: Readonly<Record<string, () => Promise<WeightFile>>> = {
    onnx: () => {
      const bytes = writeOnnx(graph, new Map());
      return readOnnx(bytes, memorySource(bytes, "act.onnx"));
    },
    keras: () => {
      const bytes = writeKerasH5(graph, new Map());
      return readKeras(bytes, memorySource(bytes, "act.h5"));
    },
    tfjs: () => {
      const files = writeTfjs(graph, new Map());
      return readTfjs(files["model.json"], memoryFiles(files, "model.json"));
    },
  };
  // Keras's readers have no functions but activations, and those that others make up.
  const isRefused = ["exp", "log", "sqrt", "erf"].includes(op);
  it.each(Object.entries(formats))("is the same function in %s", async (format, writeAndRead) => {
    if (isRefused && format !== "onnx") {
      expect(writeAndRead).toThrow(`act (${op}): Keras has no layer for ${op}`);
      return;
    }
    const [before] = interpret(graph, new Map(), image);
    const [after] = interpret(requireArchitecture(await writeAndRead()), new Map(), image);
    before.forEach((value, i) => {
      if (Number.isNaN(value)) expect(after[i]).toBeNaN();
      else expect(after[i]).toBeCloseTo(value, 6);
    });
  });
});
