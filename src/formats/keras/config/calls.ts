import { DAMAGED, type Fail, layerNamed } from "../../errors.ts";
import { isJsonObject, type JsonObject, ownValue } from "../../json.ts";

/** One of the values that a layer gives: which time it was called, and which of the outputs then. */
export interface TensorRef {
  readonly layer: string;
  readonly call: number;
  readonly output: number;
}

/** One use of a layer. */
export interface KerasCall {
  readonly inputs: readonly TensorRef[];
  /** Whatever else it was called with. */
  readonly args: readonly unknown[];
  readonly kwargs: JsonObject;
}

/** One `[layer, call, output]`, or a list of them, also nested by name: `input_layers` and `output_layers`. */
export function parseRefs(value: unknown): TensorRef[] {
  const ref = asRef(value);
  if (ref) return [ref];
  if (Array.isArray(value)) return value.flatMap((entry) => asRef(entry) ?? []);
  if (isJsonObject(value)) return Object.values(value).flatMap((entry) => asRef(entry) ?? []);
  return [];
}

function asRef(value: unknown): TensorRef | undefined {
  if (!Array.isArray(value)) return undefined;
  const [layer, call, output] = value;
  const isRef = typeof layer === "string" && typeof call === "number" && typeof output === "number";
  return isRef ? { layer, call, output } : undefined;
}

/** Whether an argument of a call is a value of the network. */
export function isTensorArgument(argument: unknown): boolean {
  return asRef(argument) !== undefined || historyOf(argument) !== undefined;
}

/**
 * Reads `inbound_nodes`. Keras 1 and 2 give a list of `[layer, call, output, kwargs]` for each use (newer ones a
 * bare one when there is one input), Keras 3 an object with `args` in which tensors are objects of their own.
 *
 * @param isOperation takes arguments by name for inputs, too: an operation's operands may be given so.
 * @throws the error of `fail` when it has another form.
 */
export function parseCalls(
  value: unknown,
  layer: string,
  isOperation: boolean,
  fail: Fail,
): KerasCall[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrong();
  return value.map((node) => {
    const call = isJsonObject(node) ? newCall(node) : oldCall(node);
    if (!call) throw wrong();
    const named = isOperation ? Object.values(call.kwargs) : [];
    const more = named.flatMap((argument) => asRef(argument) ?? historyOf(argument) ?? []);
    return { ...call, inputs: [...call.inputs, ...more] };
  });

  function wrong(): Error {
    return fail(layerNamed(layer), "its inbound_nodes can't be read", DAMAGED);
  }
}

function oldCall(node: unknown): KerasCall | undefined {
  if (!Array.isArray(node)) return undefined;
  const entries: unknown[] = asRef(node) ? [node] : node;
  const inputs: TensorRef[] = [];
  let kwargs: JsonObject = {};
  for (const entry of entries) {
    const ref = asRef(entry);
    if (!ref || !Array.isArray(entry)) return undefined;
    inputs.push(ref);
    if (isJsonObject(entry[3])) kwargs = { ...kwargs, ...entry[3] };
  }
  return { inputs, args: [], kwargs };
}

function newCall(node: JsonObject): KerasCall | undefined {
  const args = ownValue(node, "args");
  const kwargs = ownValue(node, "kwargs");
  if (!Array.isArray(args)) return undefined;
  const inputs: TensorRef[] = [];
  // A merging layer gets its inputs as one list; what is nested deeper is no input of a CNN's layers.
  for (const arg of args.flat(2)) {
    const ref = historyOf(arg);
    if (ref) inputs.push(ref);
  }
  return { inputs, args, kwargs: isJsonObject(kwargs) ? kwargs : {} };
}

function historyOf(value: unknown): TensorRef | undefined {
  if (ownValue(value, "class_name") !== "__keras_tensor__") return undefined;
  return asRef(ownValue(ownValue(value, "config"), "keras_history"));
}
