import { DAMAGED, type Fail, printable } from "../../errors.ts";
import { isJsonObject, type JsonObject, ownValue } from "../../json.ts";
import { type KerasCall, parseCalls, parseRefs, type TensorRef } from "./calls.ts";

/** A layer of a configuration. */
export interface KerasLayer {
  readonly name: string;
  readonly className: string;
  readonly config: JsonObject;
  /** Where its input comes from, once for each time it is used. Empty in a Sequential model. */
  readonly calls: readonly KerasCall[];
  /** Keras 3 keeps operations between layers ("x + 3") under the names of layers. */
  readonly isOperation: boolean;
  /** The layer as a model, when it is one. */
  readonly model?: KerasModel;
}

/** A Sequential or Functional model, perhaps inside another. */
export interface KerasModel {
  readonly name: string;
  readonly isSequential: boolean;
  readonly layers: readonly KerasLayer[];
  /** Inputs and outputs of a Functional model. */
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorRef[];
}

/** The largest networks of Keras have a thousand or two. */
const MAX_LAYERS = 5_000;
const MAX_DEPTH = 16;

function isOp(entry: JsonObject): boolean {
  return /\bops\b/.test(String(ownValue(entry, "module")));
}

const SEQUENTIAL: ReadonlySet<unknown> = new Set(["Sequential"]);
const FUNCTIONAL: ReadonlySet<unknown> = new Set(["Functional", "Model"]);

/**
 * Reads the configuration of a model: `model_config` of Keras 1 to 3 or of TF.js.
 *
 * @returns undefined when it is a model of a class of the user's own, which no file describes.
 * @throws the error of `fail` when it doesn't have the form of a configuration.
 */
export function parseModel(json: JsonObject, fail: Fail): KerasModel | undefined {
  let count = 0;
  return model(json, 0);

  function model(object: JsonObject, depth: number): KerasModel | undefined {
    const className = ownValue(object, "class_name");
    if (typeof className !== "string") throw broken("it has no class_name");
    const isSequential = SEQUENTIAL.has(className);
    if (!isSequential && !FUNCTIONAL.has(className)) return undefined;
    if (depth > MAX_DEPTH) throw broken(`models are nested more than ${MAX_DEPTH} deep`);
    const config = ownValue(object, "config");
    // Before Keras 2.2.3 a Sequential model's configuration was the bare list of layers.
    const list = Array.isArray(config) ? config : ownValue(config, "layers");
    // A subclassed model may call itself "Model" or "Functional" and still not tell its layers.
    if (!Array.isArray(list)) return undefined;
    const name = ownValue(config, "name");
    return {
      name: typeof name === "string" ? name : "model",
      isSequential,
      layers: list.map((entry) => layer(entry, depth)),
      inputs: parseRefs(ownValue(config, "input_layers")),
      outputs: parseRefs(ownValue(config, "output_layers")),
    };
  }

  function layer(entry: unknown, depth: number): KerasLayer {
    if (++count > MAX_LAYERS) throw broken(`there are more than ${MAX_LAYERS} layers`);
    if (!isJsonObject(entry)) throw broken("a layer is no object");
    const className = ownValue(entry, "class_name");
    if (typeof className !== "string") throw broken("a layer has no class_name");
    const inner = model(entry, depth + 1);
    const found = ownValue(entry, "config");
    const config = isJsonObject(found) ? found : {};
    const name = ownValue(entry, "name") ?? ownValue(config, "name") ?? inner?.name ?? className;
    if (typeof name !== "string") throw broken(`the name of a ${printable(className)} is no text`);
    const isOperation = isOp(entry) || className === "TFOpLambda";
    const calls = parseCalls(ownValue(entry, "inbound_nodes"), name, isOperation, fail);
    // Each further use counts as a layer: ordering them takes quadratic time at worst.
    count += Math.max(0, calls.length - 1);
    return { name, className, config, calls, model: inner, isOperation: isOp(entry) };
  }

  function broken(problem: string): Error {
    return fail("model configuration", problem, DAMAGED);
  }
}
