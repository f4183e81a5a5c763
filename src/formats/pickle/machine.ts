import { DAMAGED, type Fail } from "../errors.ts";
import type { ByteRanges } from "../sources/ranges.ts";
import { type PickleHost, PickleTuple, type PickleValue } from "./values.ts";

/** More than the largest checkpoints need; less than would fill the memory. */
const MAX_STACKED = 2 ** 22;
const MAX_MEMO = 2 ** 22;

/** A byte of a pickle can make an object a hundred times its size, so objects are counted, by weight. */
const MAX_WEIGHT = 2 ** 22;
const LIGHT = 1;
const HEAVY = 8;

/** How much of the file is looked at at a time. */
const WINDOW = 2 ** 16;
const MAX_LINE = 1024;

/** The state of an unpickler: a cursor in the bytes, a stack with marks, and a memo. */
export class PickleMachine {
  at: number;
  /** What is at hand of the file, and where that begins. */
  private window: Uint8Array = new Uint8Array(0);
  private windowAt = 0;
  private view = new DataView(this.window.buffer);
  private stack: PickleValue[] = [];
  private readonly marked: PickleValue[][] = [];
  private readonly memo = new Map<number, PickleValue>();
  /** Items in the stacks below the last mark, and one for each mark. */
  private below = 0;
  private weight = 0;

  constructor(
    private readonly file: ByteRanges,
    start: number,
    readonly host: PickleHost,
    private readonly fail: Fail,
  ) {
    this.at = start;
  }

  error(problem: string, advice = DAMAGED): Error {
    return this.fail(`pickle at byte ${this.at}`, problem, advice);
  }

  /** Moves the cursor over `count` bytes; returns where they begin in the window. */
  private skip(count: number): number {
    if (count > this.file.size - this.at) throw this.error("it is cut off");
    this.reach(count);
    const start = this.at - this.windowAt;
    this.at += count;
    return start;
  }

  /** Has the next `count` bytes in the window, or those up to the file's end. */
  private reach(count: number): void {
    const end = Math.min(this.at + count, this.file.size);
    if (end <= this.windowAt + this.window.length) return;
    this.windowAt = this.at;
    this.window = this.file.read(
      this.at,
      Math.min(this.file.size, this.at + Math.max(count, WINDOW)),
    );
    this.view = new DataView(this.window.buffer, this.window.byteOffset, this.window.byteLength);
  }

  u8(): number {
    const at = this.skip(1);
    return this.window[at];
  }

  u16(): number {
    const at = this.skip(2);
    return this.view.getUint16(at, true);
  }

  i32(): number {
    const at = this.skip(4);
    return this.view.getInt32(at, true);
  }

  u32(): number {
    const at = this.skip(4);
    return this.view.getUint32(at, true);
  }

  u64(): number {
    const at = this.skip(8);
    return Number(this.view.getBigUint64(at, true));
  }

  /** The only big-endian value in a pickle. */
  f64(): number {
    const at = this.skip(8);
    return this.view.getFloat64(at, false);
  }

  take(count: number): Uint8Array {
    const start = this.skip(count);
    return this.window.subarray(start, start + count);
  }

  line(): string {
    this.reach(MAX_LINE + 1);
    const start = this.at - this.windowAt;
    const length = this.window.subarray(start, start + MAX_LINE + 1).indexOf(10);
    if (length < 0) throw this.error("a name in it has no end");
    const text = new TextDecoder().decode(this.take(length));
    this.skip(1);
    return text;
  }

  push(value: PickleValue): void {
    if (this.stack.length + this.below >= MAX_STACKED)
      throw this.error("its stack grows too large");
    this.stack.push(value);
  }

  /** Puts a new object on the stack. */
  make(value: PickleValue): void {
    const isLight = Array.isArray(value) || value instanceof PickleTuple;
    this.spend(isLight ? LIGHT : HEAVY);
    this.push(value);
  }

  /** Counts `weight` more objects or copied items. @throws the error of `fail` when they are too many. */
  spend(weight: number): void {
    this.weight += weight;
    if (this.weight > MAX_WEIGHT) throw this.error("it builds too many objects");
  }

  pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined) throw this.error("it takes from an empty stack");
    return value;
  }

  top(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined) throw this.error("it takes from an empty stack");
    return value;
  }

  mark(): void {
    if (this.stack.length + this.below >= MAX_STACKED)
      throw this.error("its stack grows too large");
    this.below += this.stack.length + 1;
    this.marked.push(this.stack);
    this.stack = [];
  }

  /** The items above the last mark, which is taken away. */
  popMark(): PickleValue[] {
    const items = this.stack;
    const under = this.marked.pop();
    if (!under) throw this.error("a mark is missing on its stack");
    this.below -= under.length + 1;
    this.stack = under;
    return items;
  }

  popTuple(count: number): PickleTuple {
    const items: PickleValue[] = [];
    for (let i = 0; i < count; i++) items.unshift(this.pop());
    return new PickleTuple(items);
  }

  store(index: number): void {
    if (this.memo.size >= MAX_MEMO) throw this.error("its memo grows too large");
    this.memo.set(index, this.top());
  }

  /** Protocol 4 numbers memo entries as they come. */
  storeNext(): void {
    this.store(this.memo.size);
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) throw this.error(`it refers to entry ${index}, which it never stored`);
    this.push(value);
  }
}
