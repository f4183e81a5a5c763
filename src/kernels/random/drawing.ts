import { runWith, Variable } from "../../gpu/index.ts";
import { type Draw, Generator, type RandomState } from "./generator.ts";

/** The generator that random numbers are drawn from. */
const generator = new Variable(new Generator());

export function currentGenerator(): Generator {
  return generator.value;
}

/**
 * Seeds the generator of every random number on the GPU: `rand`, `randn`, initial weights, dropout. The same seed
 * and the same calls give the same numbers. Without it each run draws others.
 *
 * @param seed a whole number from 0 to 2⁵³ − 1.
 */
export function manualSeed(seed: number): void {
  generator.value.manualSeed(seed);
}

/** The state of that generator, for `setRandomState`. */
export function getRandomState(): RandomState {
  return generator.value.getState();
}

/** Goes back to a state from `getRandomState`. */
export function setRandomState(state: RandomState): void {
  generator.value.setState(state);
}

/**
 * Runs `fn` with random numbers from `own`; a step captured in it draws from `own` at each replay. The generator used
 * outside stays where it is.
 */
export function withGenerator<T>(own: Generator, fn: () => T): T {
  if (!(own instanceof Generator))
    throw new TypeError(`withGenerator: expects a Generator, not ${own}`);
  return runWith("withGenerator", [generator.as(own)], fn);
}

/** Draws in the order of their launches, to be repeated. Each holds what its last launch drew. */
export type DrawTape = { draw: Draw | null }[];

/** Where a launch that is encoded or recorded gets its draws from; null: the generator. */
const source = new Variable<(() => () => Draw) | null>(null);

/**
 * What a random kernel takes for its draws: fresh ones, or those that are being repeated. To be
 * asked once per launch, when it is encoded or recorded; kernels call the result in their `params` function, so that each
 * replay of a captured step draws anew.
 */
export function drawing(): () => Draw {
  const own = generator.value;
  return source.value?.() ?? (() => own.next());
}

/** Runs `fn`, whose launches are thrown away, without drawing for them. */
export function withoutDraws<T>(fn: () => T): T {
  return source.run(
    () => () => {
      throw new Error("a launch that was thrown away asks for random numbers");
    },
    fn,
  );
}

/** Runs `fn` and notes what it draws, at each replay of a captured step anew. */
export function notingDraws<T>(fn: () => T): { result: T; tape: DrawTape } {
  const tape: DrawTape = [];
  const outer = source.value;
  const noted = () => {
    const cell: DrawTape[number] = { draw: null };
    const draw = source.run(outer, drawing);
    tape.push(cell);
    return () => {
      cell.draw = draw();
      return cell.draw;
    };
  };
  return { result: source.run(noted, fn), tape };
}

/** Runs `fn` again with the draws it had when it was noted. */
export function repeatingDraws<T>(tape: DrawTape, fn: () => T): T {
  let next = 0;
  const own = generator.value;
  const repeated = () => {
    const cell = tape[next++];
    if (!cell)
      throw new Error("a function that is run again draws more random numbers than before");
    return () => cell.draw ?? own.next();
  };
  return source.run(repeated, fn);
}
