import { InvalidArgumentError } from "commander";

/** Parsers of option values: what commander calls with the text that was typed. */

export function wholeNumber(least: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`expected a whole number of at least ${least}`);
  };
}

export function numberAbove(least: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value > least) return value;
    throw new InvalidArgumentError(`expected a number above ${least}`);
  };
}

export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value < 1) return value;
  throw new InvalidArgumentError("expected a number between 0 and 1");
}

export function atLeastZero(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError("expected a number of at least 0");
}

/** "0.485,0.456,0.406" */
export function numbers(text: string): number[] {
  const values = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (values.every(Number.isFinite)) return values;
  throw new InvalidArgumentError("expected numbers with commas between them");
}

/** "features.24-,classifier" */
export function list(text: string): string[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.every((part) => part !== "")) return parts;
  throw new InvalidArgumentError("expected names with commas between them");
}

/** A list of some of `choices`. */
export function someOf<T extends string>(choices: readonly T[]) {
  return (text: string): T[] =>
    list(text).map((name) => {
      const found = choices.find((choice) => choice === name);
      if (found) return found;
      throw new InvalidArgumentError(`"${name}" is none of ${choices.join(", ")}`);
    });
}
