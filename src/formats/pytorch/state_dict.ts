import { type Fail, printable } from "../errors.ts";
import { textRecord } from "../json.ts";
import { PickleTuple, type PickleValue } from "../pickle/values.ts";
import { TensorValue } from "./tensor_value.ts";

/** The tensors of a checkpoint, and what else it holds. */
export interface StateDict {
  readonly tensors: ReadonlyMap<string, TensorValue>;
  /** Plain values beside the tensors, such as `epoch`. */
  readonly metadata: Record<string, string>;
  readonly notes: readonly string[];
}

/** Under what names checkpoints keep the model's own tensors; earlier ones win. */
const WRAPPERS = [
  "state_dict",
  "model_state_dict",
  "model_state",
  "model",
  "module",
  "net",
  "network",
  "weights",
  "params",
];

/** Not part of a network, though it consists of tensors. */
const NOT_WEIGHTS = /optim|sched|scaler|rng|momentum|history|loss|metric/i;

/** Honest checkpoints have a few levels; a hostile one may be nested without end, or in itself. */
const MAX_DEPTH = 32;
const MAX_VISITS = 2 ** 18;
const MAX_NAME = 256;
const MAX_NOTES = 32;

/**
 * Finds the network's tensors in a checkpoint: a state dict, a dictionary with one inside
 * (`{ state_dict, optimizer, epoch }`), or tensors in containers, whose names are then joined by dots.
 *
 * @throws the error of `fail` when there are none, or the nesting is absurd.
 */
export function findStateDict(root: PickleValue, fail: Fail): StateDict {
  const search = new TensorSearch(fail);
  const remarks = new Remarks();
  const network = unwrap(root, search, remarks);
  const tensors = search.collect(network, remarks);
  if (tensors.size === 0) {
    throw fail(
      "pickle",
      "it holds no tensors",
      "Save the network with torch.save(model.state_dict(), path)",
    );
  }
  return { tensors, metadata: remarks.metadata, notes: remarks.notes() };
}

/** Goes down into the entries that wrap a state dict, noting what lies beside them. */
function unwrap(root: PickleValue, search: TensorSearch, remarks: Remarks): PickleValue {
  let value = root;
  for (let depth = 0; depth < MAX_DEPTH && value instanceof Map; depth++) {
    const inner = wrapperKey(value, search);
    if (inner === undefined) return value;
    for (const [key, other] of value) if (key !== inner) remarks.add(keyText(key), other);
    value = value.get(inner) ?? null;
  }
  return value;
}

function wrapperKey(
  map: ReadonlyMap<PickleValue, PickleValue>,
  search: TensorSearch,
): string | undefined {
  // A single number beside it (the best accuracy so far) is no part of the network.
  const isWeight = (item: PickleValue) => item instanceof TensorValue && item.shape.length > 0;
  if ([...map.values()].some(isWeight)) return undefined;
  return WRAPPERS.find((key) => search.hasTensors(map.get(key) ?? null));
}

/** What a checkpoint holds beside the network: plain values by name, and sentences about the rest. */
class Remarks {
  readonly metadata = textRecord();
  private readonly shown: string[] = [];
  private count = 0;

  add(name: string, value: PickleValue): void {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      this.metadata[name] = String(value);
    } else if (value !== null) {
      this.say(`"${printable(name)}" (${describe(value)}) was not taken`);
    }
  }

  say(sentence: string): void {
    if (this.count++ < MAX_NOTES) this.shown.push(sentence);
  }

  notes(): string[] {
    const more = this.count - this.shown.length;
    return more > 0 ? [...this.shown, `${more} more entries were not taken`] : this.shown;
  }
}

function describe(value: PickleValue): string {
  if (value instanceof TensorValue) return "a tensor";
  if (value instanceof Map || value instanceof Set) return `${value.size} entries`;
  if (value instanceof PickleTuple) return `${value.items.length} entries`;
  if (Array.isArray(value)) return `${value.length} entries`;
  return value instanceof Uint8Array ? `${value.length} bytes` : "a value";
}

function keyText(key: PickleValue): string {
  return typeof key === "string" || typeof key === "number" ? String(key) : "?";
}

/** The items of a container with their names; nothing for other values. */
function children(value: PickleValue): readonly (readonly [PickleValue, PickleValue])[] {
  if (value instanceof Map) return [...value];
  const items = value instanceof PickleTuple ? value.items : value;
  return Array.isArray(items) ? items.map((item: PickleValue, i) => [i, item] as const) : [];
}

/** Walks through nested containers, which may contain one another. */
class TensorSearch {
  private readonly withTensors = new Map<PickleValue, boolean>();
  private visits = 0;

  constructor(private readonly fail: Fail) {}

  private visit(depth: number): void {
    if (depth <= MAX_DEPTH && ++this.visits <= MAX_VISITS) return;
    throw this.fail("pickle", "its containers are nested absurdly", "Don't trust this file");
  }

  hasTensors(value: PickleValue, depth = 0): boolean {
    if (value instanceof TensorValue) return true;
    if (typeof value !== "object" || value === null) return false;
    const known = this.withTensors.get(value);
    if (known !== undefined) return known;
    this.visit(depth);
    // Said before the answer is known, so that a container inside itself isn't entered twice.
    this.withTensors.set(value, false);
    const has = children(value).some(([, item]) => this.hasTensors(item, depth + 1));
    this.withTensors.set(value, has);
    return has;
  }

  /** The tensors in `root` by their names, joined by dots. */
  collect(root: PickleValue, remarks: Remarks): Map<string, TensorValue> {
    const tensors = new Map<string, TensorValue>();
    const walk = (value: PickleValue, name: string, depth: number): void => {
      this.visit(depth);
      if (name.length > MAX_NAME) {
        throw this.fail("pickle", `"${printable(name)}" is no name of a tensor`);
      }
      if (value instanceof TensorValue) {
        if (tensors.has(name)) remarks.say(`a second tensor "${printable(name)}" was not taken`);
        else tensors.set(name, value);
      } else if (depth > 0 && this.isBeside(name, value)) {
        remarks.add(name, value);
      } else {
        for (const [key, item] of children(value)) {
          walk(item, name ? `${name}.${keyText(key)}` : keyText(key), depth + 1);
        }
      }
    };
    walk(root, root instanceof TensorValue ? "tensor" : "", 0);
    return tensors;
  }

  private isBeside(name: string, value: PickleValue): boolean {
    return NOT_WEIGHTS.test(name.slice(name.lastIndexOf(".") + 1)) || !this.hasTensors(value);
  }
}
