import { type Fail, printable } from "../errors.ts";
import { PickleFunction, PickleObject, PickleTuple, type PickleValue } from "../pickle/values.ts";
import { DTYPE_VALUES, DtypeValue, STORAGE_CLASSES } from "./elements.ts";
import { rebuildTensor, TensorValue } from "./tensor_value.ts";

type Call = (args: readonly PickleValue[], fail: Fail) => PickleValue;

function listOf(value: PickleValue | undefined): PickleValue[] {
  if (Array.isArray(value)) return value;
  if (value instanceof PickleTuple) return [...value.items];
  return value instanceof Set ? [...value] : [];
}

/** `dict()`, `dict(pairs)` or `dict(dict)`. */
function dictionary([items]: readonly PickleValue[]): Map<PickleValue, PickleValue> {
  if (items instanceof Map) return new Map(items);
  return new Map(listOf(items).map(pairOf));
}

function pairOf(value: PickleValue): [PickleValue, PickleValue] {
  const pair = value instanceof PickleTuple ? value.items : value;
  return Array.isArray(pair) ? [pair[0] ?? null, pair[1] ?? null] : [null, null];
}

const dict: Call = (args) => dictionary(args);
const set: Call = ([items]) => new Set(listOf(items));
const list: Call = ([items]) => [...listOf(items)];
const tuple: Call = ([items]) => new PickleTuple(listOf(items));
const first: Call = ([value]) => value ?? null;
const text: Call = ([value]) => (typeof value === "string" ? value : null);

/** How Python 3 writes byte strings in protocol 2: `_codecs.encode(text, "latin1")`. */
const encode: Call = ([value]) =>
  typeof value === "string" ? Uint8Array.from(value, (char) => char.charCodeAt(0)) : null;

const rebuild: Call = (args, fail) => rebuildTensor(args, fail);

/** The dtype stands seventh: such tensors have untyped storages. */
const rebuildTyped: Call = (args, fail) => {
  const dtype = args[6];
  return rebuildTensor(args, fail, dtype instanceof DtypeValue ? dtype.type : undefined);
};

/** `_rebuild_from_type_v2(function, class, arguments, state)`: a tensor with attributes of its own. */
const rebuildFromType: Call = ([build, , args], fail) => {
  if (build instanceof PickleFunction && args instanceof PickleTuple) {
    const value = build.call(args.items);
    if (value instanceof TensorValue) return value;
  }
  throw fail("pickle", "it holds a tensor of a class that can't be built");
};

/** A number of NumPy's, such as the best accuracy so far, or a sparse tensor. Nothing here needs its value. */
class OpaqueValue extends PickleObject {}
const opaque: Call = () => new OpaqueValue();

/** Named as a class only, as an argument of the functions above. */
const notCallable: Call = (_, fail) => {
  throw fail("pickle", "it holds a tensor that was saved as an object of Python", SAVE_STATE_DICT);
};

const KNOWN: ReadonlyMap<string, Call> = new Map([
  ["collections.OrderedDict", dict],
  ["collections.Counter", dict],
  ["collections.defaultdict", (args) => dictionary(args.slice(1))],
  ["builtins.dict", dict],
  ["builtins.list", list],
  ["builtins.tuple", tuple],
  ["builtins.set", set],
  ["builtins.frozenset", set],
  ["builtins.bytearray", first],
  ["_codecs.encode", encode],
  ["numpy.dtype", opaque],
  ["numpy.core.multiarray.scalar", opaque],
  ["numpy._core.multiarray.scalar", opaque],
  ["torch.Size", tuple],
  ["torch.device", text],
  ["torch._utils._rebuild_tensor", rebuild],
  ["torch._utils._rebuild_tensor_v2", rebuild],
  ["torch._utils._rebuild_tensor_v3", rebuildTyped],
  // Quantised tensors are listed; their elements' types say that they can't be decoded.
  ["torch._utils._rebuild_qtensor", rebuild],
  ["torch._utils._rebuild_sparse_tensor", opaque],
  ["torch.serialization._get_layout", opaque],
  ["torch._utils._rebuild_parameter", first],
  ["torch._utils._rebuild_parameter_with_state", first],
  ["torch._tensor._rebuild_from_type_v2", rebuildFromType],
  ["torch.Tensor", notCallable],
  ["torch._tensor.Tensor", notCallable],
  ["torch.nn.parameter.Parameter", notCallable],
  ["torch.nn.parameter.Buffer", notCallable],
]);

const SAVE_STATE_DICT =
  "For safety Graft builds tensors and plain containers only. In Python: torch.save(model.state_dict(), path)";

/** Python 2 named its modules differently. */
const MODULES: ReadonlyMap<string, string> = new Map([["__builtin__", "builtins"]]);

/**
 * What a name in a checkpoint stands for: a container, one of torch's ways to rebuild a tensor, a dtype or a storage
 * class. Any other may lie there, as a network's class does beside its state dict; what it would make is refused by the
 * error of `fail`, which names it.
 */
export function torchGlobal(module: string, name: string, fail: Fail): PickleValue {
  const full = `${MODULES.get(module) ?? module}.${name}`;
  const known = KNOWN.get(full);
  if (known) return new PickleFunction(full, (args) => known(args, fail));
  const special = torchSpecial(module, name);
  if (special) return special;
  return new PickleFunction(full, () => {
    throw fail("pickle", `it asks for the Python object "${printable(full)}"`, SAVE_STATE_DICT);
  });
}

function torchSpecial(module: string, name: string): PickleValue | undefined {
  if (module === "torch" && DTYPE_VALUES.has(name)) return DTYPE_VALUES.get(name);
  if (module === "torch" && /^per_(tensor|channel)_(affine|symmetric)$/.test(name))
    return new OpaqueValue();
  const isStorageModule = ["torch", "torch.cuda", "torch.storage"].includes(module);
  return isStorageModule ? STORAGE_CLASSES.get(name) : undefined;
}
