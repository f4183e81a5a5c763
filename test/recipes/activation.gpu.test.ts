// What CONTRIBUTING says of adding an activation: five files, and it is trained, exported and read again.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Additions, PatchedCopy } from "./patched_copy.ts";

const softsign: Additions = {
  "shaders/lib/activation_functions.wgsl": [
    ["const TANH: u32", "const SOFTSIGN: u32 = 100u;\n"],
    ["    case TANH:", "    case SOFTSIGN: { return v / (1.0 + abs(v)); }\n"],
    ["const TANH_FROM_OUTPUT: u32", "const SOFTSIGN_FROM_OUTPUT: u32 = 100u;\n"],
    [
      "    case TANH_FROM_OUTPUT:",
      "    case SOFTSIGN_FROM_OUTPUT: { let s = 1.0 - abs(v); return s * s; }\n",
    ],
  ],
  "src/autograd/ops/elementwise/activations.ts": [
    [
      "export const tanh",
      '/** x / (1 + |x|). */\nexport const softsign = activation("softsign", "Output");\n',
    ],
  ],
  "src/nn/activation.ts": [
    ["  silu,", "  softsign,\n"],
    ["export const Tanh", 'export const Softsign = activation("Softsign", (x) => softsign(x));\n'],
    ["  tanh: Tanh,", "  softsign: Softsign,\n"],
  ],
  "src/api/nn.ts": [["  Softmax,", "  Softsign,\n"]],
  "src/formats/graph/activations.ts": [
    ['  | "sigmoid"', '  | "softsign"\n'],
    ["  tanh: {", '  softsign: { onnx: "Softsign", keras: "softsign", tensorflow: "Softsign" },\n'],
  ],
};

interface Found {
  readonly values: readonly number[];
  readonly gradient: readonly number[];
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  readonly layers: Readonly<Record<string, readonly string[]>>;
}

const script = `
import "webgraft/node";
import * as graft from "webgraft";

const { formats, nn } = graft;
await graft.init();
graft.manualSeed(1);
const x = graft.tensor([-3, -0.5, 0, 2], { requiresGrad: true });
const y = graft.F.softsign(x);
y.sum().backward();
const head = new nn.Linear(256, 3);
const model = new nn.Sequential(new nn.Conv2d(3, 4, 1), new nn.Softsign(), new nn.Flatten(), head);
const image = graft.randn([1, 3, 8, 8]);
const outputs = { before: [...await model.forward(image).data()] };
const layers = {};
const inputShape = [3, 8, 8];
const files = {
  onnx: () => formats.saveOnnx(model, { path: "net.onnx", inputShape }).then(() => "net.onnx"),
  keras: () => formats.saveKerasH5(model, { path: "net.h5", inputShape }).then(() => "net.h5"),
  tfjs: () => formats.saveTfjs(model, { path: "net", inputShape }).then(() => "net/model.json"),
};
for (const [format, save] of Object.entries(files)) {
  const network = await graft.loadNetwork(await save());
  outputs[format] = [...await network.model.forward(image).data()];
  layers[format] = network.model.modules().map((module) => module.constructor.name);
}
console.log(JSON.stringify({ values: [...await y.data()], gradient: [...await x.grad.data()], outputs, layers }));
process.exit();
`;

let copy: PatchedCopy;
beforeAll(async () => {
  copy = await PatchedCopy.with(softsign);
});
afterAll(() => copy.remove());

it("five files make an activation that trains, and that every format with an architecture holds", {
  timeout: 300_000,
}, async () => {
  expect(Object.keys(softsign)).toHaveLength(5);
  await copy.checkTypes();
  const { values, gradient, outputs, layers } = await copy.runScript<Found>(script);
  [-3 / 4, -1 / 3, 0, 2 / 3].forEach((value, i) => {
    expect(values[i]).toBeCloseTo(value, 6);
  });
  [1 / 16, 4 / 9, 1, 1 / 9].forEach((value, i) => {
    expect(gradient[i]).toBeCloseTo(value, 6);
  });
  for (const format of ["onnx", "keras", "tfjs"]) {
    expect(layers[format]).toContain("Softsign");
    outputs[format]!.forEach((value, i) => {
      expect(value).toBeCloseTo(outputs.before![i]!, 5);
    });
  }
});
