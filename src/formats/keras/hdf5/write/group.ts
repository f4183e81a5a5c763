import type { AttributeValue, Values } from "./values.ts";

/** Attributes by name, in the order of writing. */
export type AttributesToWrite = Map<string, AttributeValue>;

export interface DatasetToWrite {
  readonly kind: "dataset";
  readonly attributes: AttributesToWrite;
  readonly values: Values;
}

/** A group to be written, with all that lies below it. */
export class GroupToWrite {
  readonly kind = "group";
  readonly attributes: AttributesToWrite = new Map();
  readonly members = new Map<string, GroupToWrite | DatasetToWrite>();

  /**
   * A group below this one; what doesn't exist yet is made.
   *
   * @param path one name, or several with "/" between them.
   * @throws Error when a dataset lies on the way, or a name is none.
   */
  group(path: string): GroupToWrite {
    return path.split("/").reduce<GroupToWrite>((group, name) => group.#child(name), this);
  }

  /**
   * Adds a dataset, and the groups on the way to it.
   *
   * @throws Error when there is something at this place already, or a name is none.
   */
  dataset(path: string, values: Values): DatasetToWrite {
    const at = path.lastIndexOf("/");
    const group = at < 0 ? this : this.group(path.slice(0, at));
    const name = checkedName(path.slice(at + 1));
    if (group.members.has(name)) throw new Error(`"${path}" exists already`);
    const dataset: DatasetToWrite = { kind: "dataset", attributes: new Map(), values };
    group.members.set(name, dataset);
    return dataset;
  }

  #child(name: string): GroupToWrite {
    const found = this.members.get(checkedName(name));
    if (found?.kind === "dataset") throw new Error(`"${name}" is a dataset, not a group`);
    const child = found ?? new GroupToWrite();
    this.members.set(name, child);
    return child;
  }
}

/** "." stands for the group itself, and a zero byte ends a name. */
function checkedName(name: string): string {
  if (name !== "" && name !== "." && !name.includes("\0")) return name;
  throw new Error(`${JSON.stringify(name)} can't be the name of a group or dataset`);
}
