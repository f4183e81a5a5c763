/** What a restricted unpickler may build: plain values, containers, and what its host makes of known globals. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleTuple
  | PickleObject
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>;

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** Base of everything that the host builds; opaque to the unpickler. */
export abstract class PickleObject {}

/** A function or class that a pickle may call: one of the host's own, never one of the language's. */
export class PickleFunction extends PickleObject {
  constructor(
    readonly name: string,
    readonly call: (args: readonly PickleValue[]) => PickleValue,
  ) {
    super();
  }
}

/** Gives a meaning to the names in a pickle. Its methods throw for what they don't know. */
export interface PickleHost {
  global(module: string, name: string): PickleValue;
  persistent(id: PickleValue): PickleValue;
}
