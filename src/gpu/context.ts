import { platform, type TaskStorage } from "../platform/index.ts";

/** One setting, and by `outer` those that hold besides. */
interface Frame {
  readonly variable: object;
  readonly value: unknown;
  readonly outer: Frame | null;
}

/**
 * What holds for the code that runs now: grad mode, autocast, the random generator, the recorder, the memory scope. All of
 * it is one list of settings, which `run` puts in place while a function runs and takes away when it returns, so that
 * nothing that runs in between, such as another task, can see or change it.
 */
class Context {
  /** The settings of the innermost function on the stack; null where none was given any. */
  #running: Frame | null = null;
  /** The settings that async functions keep between their awaits; made for the first of them. */
  #tasks: TaskStorage<Frame> | null = null;
  #count = 0;

  get frame(): Frame | null {
    return this.#running ?? this.#tasks?.get() ?? null;
  }

  /** Runs `fn` with these settings until it returns. */
  run<R>(frame: Frame, fn: () => R): R {
    const outer = this.#running;
    this.#running = frame;
    try {
      return fn();
    } finally {
      this.#running = outer;
    }
  }

  /** Runs an async function that keeps its settings across awaits. @throws Error where the platform can't do that. */
  runAsync<R>(name: string, frame: Frame, fn: () => R): R {
    this.#tasks ??= platform().taskStorage?.<Frame>() ?? null;
    const tasks = this.#tasks;
    if (tasks) return this.run(frame, () => tasks.run(frame, fn));
    throw new Error(
      `${name}: this browser has nothing that follows an async function across its awaits: wrap only ` +
        `what runs without waiting, as in const y = ${name}(() => model.forward(x)); await y.data()`,
    );
  }

  /** Numbers that grow with time. */
  next(): number {
    return this.#count++;
  }
}

const context = new Context();

/** A number higher than all that were given before. */
export function nextInOrder(): number {
  return context.next();
}

/** A variable and the value that it is to have. */
export interface Setting {
  readonly variable: object;
  readonly value: unknown;
}

/** Something that holds for the code that runs now; elsewhere it has its initial value. */
export class Variable<T> {
  constructor(private readonly initial: T) {}

  get value(): T {
    for (let frame = context.frame; frame; frame = frame.outer)
      if (frame.variable === this) return frame.value as T;
    return this.initial;
  }

  /** For `runWith`. */
  as(value: T): Setting {
    return { variable: this, value };
  }

  /** Runs `fn` with another value until it returns. */
  run<R>(value: T, fn: () => R): R {
    return context.run({ variable: this, value, outer: context.frame }, fn);
  }
}

/** What holds now, to run functions with it later. */
export function keepContext(): <R>(fn: () => R) => R {
  const { frame } = context;
  return (fn) => (frame ? context.run(frame, fn) : fn());
}

/** Runs `fn` with these settings until it returns. */
export function runNow<R>(settings: readonly Setting[], fn: () => R): R {
  const frame = framed(settings);
  return frame ? context.run(frame, fn) : fn();
}

/**
 * Runs a user's function with these settings. One declared async keeps them until it settles, across its awaits, and no
 * other task sees them.
 *
 * @param name of what the user called, for errors.
 * @throws Error for an async function where nothing can follow it; TypeError when another function returns a promise,
 *   since what it stands for would run without the settings.
 */
export function runWith<R>(name: string, settings: readonly Setting[], fn: () => R): R {
  const frame = framed(settings);
  if (!frame) return fn();
  if (isAsync(fn)) return context.runAsync(name, frame, fn);
  return refusePromise(name, context.run(frame, fn), ". In Node it may be declared async");
}

/** @throws TypeError for a promise: what is still to come would run without what `name` puts in place. */
export function refusePromise<R>(name: string, result: R, hint = ""): R {
  if (!(result instanceof Promise)) return result;
  result.catch(() => {}); // the error below is the one to show
  throw new TypeError(
    `${name}: the function returned a promise, and the rest would run outside ${name}: wrap only what runs ` +
      `without waiting, as in const y = ${name}(() => model.forward(x)); await y.data()${hint}`,
  );
}

function framed(settings: readonly Setting[]): Frame | null {
  return settings.reduce<Frame | null>(
    (outer, { variable, value }) => ({ variable, value, outer }),
    context.frame,
  );
}

/** Whether a function was declared async: one that merely returns a promise has begun before that shows. */
export function isAsync(fn: unknown): boolean {
  return Object.prototype.toString.call(fn) === "[object AsyncFunction]";
}
