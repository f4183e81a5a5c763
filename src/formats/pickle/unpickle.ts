import type { Fail } from "../errors.ts";
import { type Bytes, rangesOf } from "../sources/ranges.ts";
import { PickleMachine } from "./machine.ts";
import { OPCODES } from "./opcodes.ts";
import type { PickleHost, PickleValue } from "./values.ts";

const STOP = 0x2e;

/** Opcodes that would build or run anything a pickle names. */
const REFUSED: ReadonlyMap<number, string> = new Map([
  [0x69, "INST"],
  [0x6f, "OBJ"],
  [0x92, "NEWOBJ_EX"],
  [0x82, "EXT1"],
  [0x83, "EXT2"],
  [0x84, "EXT4"],
]);

/**
 * Runs one pickle as Python's own unpickler would, except that it can build nothing but `PickleValue`s: globals are
 * whatever `host` makes of their names, and no code of the file is ever run.
 *
 * Format: https://github.com/python/cpython/blob/main/Lib/pickletools.py
 *
 * @param start where the pickle begins; more may follow it.
 * @returns its value, and where it ends.
 * @throws the error of `fail` for a damaged pickle, and what `host` throws.
 */
export function unpickle(
  bytes: Bytes,
  start: number,
  host: PickleHost,
  fail: Fail,
): { value: PickleValue; end: number } {
  const machine = new PickleMachine(rangesOf(bytes), start, host, fail);
  for (;;) {
    const opcode = machine.u8();
    if (opcode === STOP) return { value: machine.pop(), end: machine.at };
    const operation = OPCODES.get(opcode);
    if (!operation) throw unknownOpcode(machine, opcode);
    operation(machine);
  }
}

function unknownOpcode(machine: PickleMachine, opcode: number): Error {
  const name = REFUSED.get(opcode);
  if (name) {
    return machine.error(
      `it uses ${name}, by which a file could run code`,
      "Don't trust this file, or save the state_dict() alone",
    );
  }
  return machine.error(
    `0x${opcode.toString(16).padStart(2, "0")} is no opcode that can be read here`,
    "The file is damaged, or was saved with pickle protocol 0: save it again with torch.save's default",
  );
}
