/**
 * What a module's forward pass may read, for captured steps: its properties, and what plain objects, arrays and Maps in them
 * hold. Private fields (#…) can't be seen.
 *
 * @param unseen what else it reads.
 */
export function settingsOf(module: object, unseen: readonly object[]): unknown[] {
  const list: unknown[] = [...unseen];
  const fields = module as Readonly<Record<string, unknown>>;
  // Asked for each module at each call of a captured step: for…in makes no list of its own.
  for (const name in fields) {
    const value = fields[name];
    list.push(value);
    if (typeof value === "object" && value !== null) addContents(value, list);
  }
  return list;
}

function addContents(value: object, list: unknown[]): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === Array.prototype) {
    for (const item of Object.values(value)) list.push(item);
  } else if (value instanceof Map) for (const item of value.values()) list.push(item);
}

interface Used {
  noteUse(): void;
}

const NOTED = Symbol("forward tells recordings of its module");

/**
 * Has `forward` of a module's class, and of the classes that it extends up to `base`, call the module's `noteUse` first. Done
 * once a class, so that users' classes needn't know of recordings.
 */
export function noteForward(module: Used, base: object): void {
  for (
    let prototype: object | null = Object.getPrototypeOf(module);
    prototype && prototype !== base;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const own = Object.getOwnPropertyDescriptor(prototype, "forward");
    if (typeof own?.value !== "function" || NOTED in own.value) continue;
    Object.defineProperty(prototype, "forward", { ...own, value: noting(own.value) });
  }
}

function noting(forward: (...inputs: unknown[]) => unknown) {
  const noted = function (this: Used, ...inputs: unknown[]): unknown {
    this.noteUse();
    return Reflect.apply(forward, this, inputs);
  };
  return Object.assign(noted, { [NOTED]: true });
}
