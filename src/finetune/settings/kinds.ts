/** What a setting can hold: how it is typed, and what is right. */
export interface Kind<T> {
  /** What help shows in its place, "<count>"; null for a switch, which is only named. */
  readonly placeholder: string | null;
  /** "words" takes several; a "switch" is on where it is named; a "toggle" can be turned off as well, by "no-" before its name. */
  readonly form: "word" | "words" | "switch" | "toggle";
  /** The values there are, where they can be listed. */
  readonly choices?: readonly string[];
  /** From what was typed. @throws Error saying what was expected. */
  parse(text: string): T;
  /** Whether a value that a program gave will do. */
  accepts(value: unknown): boolean;
  /** "a whole number of at least 1" */
  readonly expected: string;
}

/** What a setting of `finetune` holds and means. */
export interface Setting<T> {
  readonly kind: Kind<T>;
  /** What it means, and its default where that depends on other settings. */
  readonly help: string;
  /** What holds where nothing is given. */
  readonly default?: T;
}

export function setting<T>(kind: Kind<T>, help: string, standard?: NoInfer<T>): Setting<T> {
  return { kind, help, ...(standard !== undefined && { default: standard }) };
}

/** The values of a table of settings: any of them may be left out. */
export type ValuesOf<Table> = {
  readonly [Name in keyof Table]?: Table[Name] extends Setting<infer T> ? T : never;
};

function numeric(placeholder: string, expected: string, holds: (value: number) => boolean) {
  const accepts = (value: unknown) => typeof value === "number" && holds(value);
  const parse = (text: string) => {
    const value = Number(text);
    if (text.trim() !== "" && accepts(value)) return value;
    throw new Error(`expected ${expected}`);
  };
  return { form: "word", placeholder, expected, parse, accepts } as const;
}

export function wholeNumber(placeholder: string, least: number): Kind<number> {
  const expected = `a whole number of at least ${least}`;
  return numeric(placeholder, expected, (value) => Number.isInteger(value) && value >= least);
}

export function numberAbove(placeholder: string, least: number): Kind<number> {
  const expected = `a number above ${least}`;
  return numeric(placeholder, expected, (value) => Number.isFinite(value) && value > least);
}

export function atLeastZero(placeholder: string): Kind<number> {
  const holds = (value: number) => Number.isFinite(value) && value >= 0;
  return numeric(placeholder, "a number of at least 0", holds);
}

export function share(): Kind<number> {
  return numeric("share", "a number between 0 and 1", (value) => value > 0 && value < 1);
}

export function text(placeholder: string): Kind<string> {
  const accepts = (value: unknown) => typeof value === "string" && value !== "";
  const parse = (typed: string) => {
    if (accepts(typed)) return typed;
    throw new Error("expected some text");
  };
  return { form: "word", placeholder, expected: "some text", parse, accepts };
}

export function choice<const T extends string>(
  placeholder: string,
  choices: readonly T[],
): Kind<T> {
  const expected = `one of ${choices.join(", ")}`;
  const parse = (typed: string) => {
    const found = choices.find((one) => one === typed);
    if (found !== undefined) return found;
    throw new Error(`expected ${expected}`);
  };
  const accepts = (value: unknown) => choices.some((one) => one === value);
  return { form: "word", placeholder, choices, expected, parse, accepts };
}

/** "features.24-,classifier" */
export function names(placeholder: string): Kind<readonly string[]> {
  const expected = "names with commas between them";
  const accepts = (value: unknown) =>
    Array.isArray(value) && value.every((one) => typeof one === "string" && one !== "");
  const parse = (typed: string) => {
    const parts = typed.split(",").map((part) => part.trim());
    if (accepts(parts)) return parts;
    throw new Error(`expected ${expected}`);
  };
  return { form: "word", placeholder, expected, parse, accepts };
}

/** Some of `choices`, with commas between them. */
export function someOf<const T extends string>(
  placeholder: string,
  choices: readonly T[],
): Kind<readonly T[]> {
  const one = choice(placeholder, choices);
  const parse = (typed: string) =>
    names(placeholder)
      .parse(typed)
      .map((name) => {
        if (one.accepts(name)) return one.parse(name);
        throw new Error(`"${name}" is none of ${choices.join(", ")}`);
      });
  const accepts = (value: unknown) => Array.isArray(value) && value.every(one.accepts);
  const expected = `some of ${choices.join(", ")}`;
  return { form: "word", placeholder, choices, expected, parse, accepts };
}

/** "0.485,0.456,0.406" */
export function numbers(placeholder: string): Kind<readonly number[]> {
  const expected = "numbers with commas between them";
  const accepts = (value: unknown) =>
    Array.isArray(value) && value.length > 0 && value.every(Number.isFinite);
  const parse = (typed: string) => {
    const isEmpty = (part: string) => part.trim() === "";
    const values = typed.split(",").map((part) => (isEmpty(part) ? Number.NaN : Number(part)));
    if (accepts(values)) return values;
    throw new Error(`expected ${expected}`);
  };
  return { form: "word", placeholder, expected, parse, accepts };
}

const isSwitch = {
  placeholder: null,
  expected: "true or false",
  parse: (typed: string) => typed !== "false",
  accepts: (value: unknown) => typeof value === "boolean",
} as const;

/** Off unless it is named. */
export function flag(): Kind<boolean> {
  return { ...isSwitch, form: "switch" };
}

/** On or off; what holds otherwise depends. */
export function toggle(): Kind<boolean> {
  return { ...isSwitch, form: "toggle" };
}
