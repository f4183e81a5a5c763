import { recordOps, Tensor, zeros } from "../autograd/index.ts";
import { type Shape, shapeText } from "../base/index.ts";
import type { ForwardHook, HookHandle } from "./hooks.ts";
import { evaluating } from "./mode.ts";

/** What can be summed up: a module. */
interface Summarised {
  forward(...inputs: Tensor[]): unknown;
  namedModules(): Iterable<[string, Summarised]>;
  modules(): readonly { readonly training: boolean; setTraining(mode: boolean): void }[];
  children(): readonly unknown[];
  ownParameters(): readonly [string, Tensor][];
  parameters(): readonly Tensor[];
  namedBuffers(): readonly [string, Tensor][];
  registerForwardHook(hook: ForwardHook): HookHandle;
  eval(): unknown;
}

/** One line of a summary. */
export interface LayerSummary {
  /** Its path, "" for the model itself. */
  readonly name: string;
  /** Its class. */
  readonly kind: string;
  /** Of what it gives; null where forward didn't come by, or gave no tensor. */
  readonly outputShape: Shape | null;
  /** Elements of the parameters that it holds itself. */
  readonly parameters: number;
}

/** What `model.summary` printed. */
export interface ModelSummary {
  readonly layers: readonly LayerSummary[];
  /** Elements of all parameters, each counted once. */
  readonly parameters: number;
  readonly trainable: number;
  readonly frozen: number;
  /** Elements of buffers, such as running statistics. */
  readonly buffers: number;
}

export interface SummaryOptions {
  /** Where the text goes; default the console. Keras' `print_fn`. */
  print?: (text: string) => void;
}

/**
 * Prints layers, the shapes of what they give for an input of `inputShape`, the batch included, and the numbers of their
 * parameters, as Keras does. Nothing is computed.
 *
 * @returns what it printed.
 * @throws TypeError for a shape that is no list; what the model's forward throws.
 */
export function summary(
  model: Summarised,
  inputShape: Shape,
  { print = console.log }: SummaryOptions = {},
): ModelSummary {
  if (!Array.isArray(inputShape)) {
    throw new TypeError(
      `summary: inputShape must be a list, such as [1, 3, 224, 224], not ${inputShape}`,
    );
  }
  const found = summaryOf(model, inputShape);
  print(summaryText(found));
  return found;
}

/** The layers of a model with the shapes of what they give for an input of `inputShape`; nothing is computed. */
function summaryOf(model: Summarised, inputShape: Shape): ModelSummary {
  const named = [...model.namedModules()].filter(
    ([, module]) => module.children().length === 0 || module.ownParameters().length > 0,
  );
  const modules = new Map(named.map(([name, module]) => [module, name]));
  const shapes = outputShapes(model, [...modules.keys()], inputShape);
  const layers = [...modules].map(([module, name]) => ({
    name,
    kind: module.constructor.name,
    outputShape: shapes.get(module) ?? null,
    parameters: elementsOf(module.ownParameters().map(([, tensor]) => tensor)),
  }));
  const all = model.parameters();
  const trainable = elementsOf(all.filter(({ requiresGrad }) => requiresGrad));
  const parameters = elementsOf(all);
  const buffers = elementsOf(model.namedBuffers().map(([, tensor]) => tensor));
  return { layers, parameters, trainable, frozen: parameters - trainable, buffers };
}

const elementsOf = (tensors: readonly Tensor[]) => tensors.reduce((sum, { size }) => sum + size, 0);

/** Of a forward pass in evaluation mode, whose ops are only noted. */
function outputShapes(
  model: Summarised,
  modules: readonly Summarised[],
  inputShape: Shape,
): Map<Summarised, Shape> {
  const shapes = new Map<Summarised, Shape>();
  const handles = modules.map((module) =>
    module.registerForwardHook((_, __, output) => {
      if (output instanceof Tensor && !shapes.has(module)) shapes.set(module, output.shape);
    }),
  );
  try {
    evaluating(model, () => recordOps(() => model.forward(zeros([...inputShape]))));
  } finally {
    for (const handle of handles) handle.remove();
  }
  return shapes;
}

/** A summary as a table, as Keras prints it. */
function summaryText({ layers, ...totals }: ModelSummary): string {
  const number = (n: number) => n.toLocaleString("en");
  const rows = layers.map(({ name, kind, outputShape, parameters }) => [
    name ? `${name} (${kind})` : kind,
    outputShape ? shapeText(outputShape) : "–",
    number(parameters),
  ]);
  const table = [["Layer (type)", "Output shape", "Parameters"], ...rows];
  const widths = [0, 1, 2].map((c) => Math.max(...table.map((row) => row[c]!.length)));
  const lines = table.map(([layer = "", shape = "", count = ""]) =>
    [layer.padEnd(widths[0]!), shape.padEnd(widths[1]!), count.padStart(widths[2]!)].join("  "),
  );
  const width = lines[0]!.length;
  return [
    lines[0],
    "=".repeat(width),
    ...lines.slice(1),
    "=".repeat(width),
    `Parameters: ${number(totals.parameters)}`,
    `Trainable: ${number(totals.trainable)}`,
    `Frozen: ${number(totals.frozen)}`,
    ...(totals.buffers > 0 ? [`Buffers: ${number(totals.buffers)}`] : []),
  ].join("\n");
}
