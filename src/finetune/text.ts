/** "1,234" */
export function count(n: number): string {
  return Math.round(n).toLocaleString("en-US");
}

/** "1 image", "1,234 images" */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** "a, b, c and 4 more" */
export function some(names: readonly string[], limit = 4): string {
  if (names.length <= limit) return names.join(", ");
  return `${names.slice(0, limit - 1).join(", ")} and ${names.length - limit + 1} more`;
}
