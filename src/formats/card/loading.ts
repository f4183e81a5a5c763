import type { ModelCardInfo } from "./info.ts";

export type CardSection = readonly [heading: string, lines: readonly string[]];

/** How the saved file is loaded: in Graft always, in other tools by its name's ending. */
export function loadingSections({ file, input, architecture }: ModelCardInfo): CardSection[] {
  if (file === undefined) return [];
  const ending = /\.[^.]*$/.exec(file.toLowerCase())?.[0] ?? "";
  const shape = input?.shape ?? [3, 224, 224];
  const inGraft: CardSection = ["Loading it in Graft", graft(file, ending, architecture)];
  if (!Object.hasOwn(TOOLS, ending)) return [inGraft];
  const [tool, language, ...lines] = TOOLS[ending](JSON.stringify(file), shape);
  return [inGraft, [`Loading it in ${tool}`, code(language, lines)]];
}

/** Formats of arrays alone, which say nothing about their network. */
const ONLY_ARRAYS = [".npz", ".npy"];

/** Formats that don't describe it either, and name it only where whoever saved them said it. */
const MAY_NAME = [".safetensors", ".pt", ".pth"];

function graft(file: string, ending: string, architecture: string): string[] {
  const path = JSON.stringify(file);
  const names = ONLY_ARRAYS.includes(ending) ? "formats, init, transfer" : "init, loadNetwork";
  const unnamed = `// where the file doesn't name its network (transfer.networkMetadata): { arch: ${JSON.stringify(architecture)} }`;
  return code("ts", [
    'import "webgraft/node"; // in a browser: leave this out',
    `import { ${names} } from "webgraft";`,
    "",
    "await init();",
    ...(ONLY_ARRAYS.includes(ending)
      ? [
          `const model = …; // the network it was saved from: ${architecture}`,
          `transfer.loadPretrained(model, await formats.loadWeights(${path}));`,
          "model.eval();",
        ]
      : [
          `const { model, classes, input, transform } = await loadNetwork(${path});`,
          ...(MAY_NAME.includes(ending) ? [unnamed] : []),
        ]),
  ]);
}

/** What a tool is called, and how it loads a file: a language and its lines. */
type Tool = readonly [tool: string, language: string, ...lines: readonly string[]];
type ToolOf = (file: string, shape: readonly number[]) => Tool;

const torch: ToolOf = (file) => [
  "PyTorch",
  "python",
  "import torch",
  `model.load_state_dict(torch.load(${file}))  # a module of the same layers`,
  "model.eval()",
];

const TOOLS: Readonly<Record<string, ToolOf>> = {
  ".safetensors": (file) => [
    "PyTorch",
    "python",
    "from safetensors.torch import load_file",
    `model.load_state_dict(load_file(${file}))  # a module of the same layers`,
    "model.eval()",
  ],
  ".pt": torch,
  ".pth": torch,
  ".npz": (file) => [
    "NumPy",
    "python",
    "import numpy",
    `tensors = numpy.load(${file})  # layouts of PyTorch`,
  ],
  ".h5": (file, shape) => [
    "Keras",
    "python",
    "from tensorflow import keras",
    `model = keras.models.load_model(${file}, compile=False)`,
    `model.predict(images)  # ${channelsLast(shape)}`,
  ],
  ".json": (file, shape) => [
    "TensorFlow.js",
    "js",
    `const model = await tf.loadLayersModel(${file});`,
    `model.predict(images); // ${channelsLast(shape)}`,
  ],
  ".onnx": (file, shape) => [
    "ONNX Runtime",
    "python",
    "import onnxruntime",
    `session = onnxruntime.InferenceSession(${file})`,
    `session.run(None, {"input": images})  # float32 [batch, ${shape.join(", ")}]`,
  ],
};

function channelsLast([channels, ...sides]: readonly number[]): string {
  return `float32 [batch, ${[...sides, channels].join(", ")}]: channels last`;
}

function code(language: string, lines: readonly string[]): string[] {
  return [`\`\`\`${language}`, ...lines, "```"];
}
