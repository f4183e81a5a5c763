/** Passes off any value as whatever is expected: what plain JavaScript callers can do. */
export function mistyped(value: unknown): never {
  return value as never;
}
