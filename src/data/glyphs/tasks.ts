import { DIGITS, LETTERS } from "./alphabet.ts";
import { GlyphSet } from "./dataset.ts";
import { drawn, printed } from "./look.ts";

export interface Task {
  readonly train: GlyphSet;
  readonly test: GlyphSet;
}

export interface TaskOptions {
  /** Pictures of each class to learn from. */
  perClass?: number;
  /** Pictures of each class to be tested on. */
  testPerClass?: number;
  seed?: number;
}

/** Kept apart from every training seed, so that no test picture is ever trained on. */
const TEST_SEED = 1_000_003;

/** What the built-in network was trained on: 37 printed letters, drawn without end. */
export function letterTask(options: TaskOptions = {}): Task {
  const { perClass = 400, testPerClass = 20, seed = 0 } = options;
  const base = { alphabet: LETTERS, style: printed };
  return {
    train: new GlyphSet({ ...base, perClass, seed }),
    test: new GlyphSet({ ...base, perClass: testPerClass, seed: seed + TEST_SEED }),
  };
}

/** What it is to learn with few pictures: ten digits drawn by an unsteady hand. */
export function digitTask(options: TaskOptions = {}): Task {
  const { perClass = 12, testPerClass = 20, seed = 0 } = options;
  const base = { alphabet: DIGITS, style: drawn };
  return {
    train: new GlyphSet({ ...base, perClass, seed }),
    test: new GlyphSet({ ...base, perClass: testPerClass, seed: seed + TEST_SEED }),
  };
}
