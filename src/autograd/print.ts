// Imports nothing, so that a page loads this alone.

type Shape = readonly number[];

/** Of more elements only the first and last few along each dimension are shown. */
const ALL = 1000;
const EDGE = 3;
const LINE = 80;
const OPENING = "Tensor(";

/**
 * A tensor's values as PyTorch prints them: nested, in columns of equal width, four digits behind the point.
 *
 * @param values row-major.
 * @param name what is known of the tensor beside: "Tensor([2, 3], f32)".
 */
export function tensorText(values: ArrayLike<number>, shape: Shape, name: string): string {
  const isCut = values.length > ALL;
  const shown = [...placesShown(shape, isCut)].map((place) => values[place]!);
  const format = formatOf(shown, values instanceof Float32Array);
  const width = shown.reduce((most, value) => Math.max(most, format(value).length), 0);
  const cell = (place: number) => format(values[place]!).padStart(width);
  const body = blockOf(shape, 0, OPENING.length, isCut, cell);
  return `${OPENING}${body}, ${name.slice(OPENING.length)}`;
}

/** The entries shown along a dimension; null stands for those left out. */
function entriesOf(length: number, isCut: boolean): (number | null)[] {
  const all = Array.from({ length }, (_, i) => i);
  if (!isCut || length <= 2 * EDGE) return all;
  return [...all.slice(0, EDGE), null, ...all.slice(-EDGE)];
}

function* placesShown(shape: Shape, isCut: boolean, start = 0): Generator<number> {
  const [length, ...rest] = shape;
  if (length === undefined) yield start;
  else {
    for (const i of entriesOf(length, isCut))
      if (i !== null) yield* placesShown(rest, isCut, placeOf(start, i, rest));
  }
}

/** Where the entry `i` of a block begins, whose entries have the shape `rest`. */
function placeOf(start: number, i: number, rest: Shape): number {
  return start + i * rest.reduce((size, n) => size * n, 1);
}

/** @param indent of the lines below the first. */
function blockOf(
  shape: Shape,
  start: number,
  indent: number,
  isCut: boolean,
  cell: (place: number) => string,
): string {
  const [length, ...rest] = shape;
  if (length === undefined) return cell(start);
  const parts = entriesOf(length, isCut).map((i) => {
    if (i === null) return rest.length === 0 ? " ..." : "...";
    return blockOf(rest, placeOf(start, i, rest), indent + 1, isCut, cell);
  });
  if (rest.length === 0) return `[${lineOf(parts, indent + 1)}]`;
  const between = `,${"\n".repeat(rest.length)}${" ".repeat(indent + 1)}`;
  return `[${parts.join(between)}]`;
}

/** The cells of a row, on as many lines as they need. */
function lineOf(cells: readonly string[], indent: number): string {
  const perLine = Math.max(1, Math.floor((LINE - indent) / ((cells[0]?.length ?? 0) + 2)));
  const lines: string[] = [];
  for (let i = 0; i < cells.length; i += perLine)
    lines.push(cells.slice(i, i + perLine).join(", "));
  return lines.join(`,\n${" ".repeat(indent)}`);
}

/** How numbers are written: whole ones as "2.", others with four digits, in powers of ten where sizes differ too much. */
function formatOf(values: readonly number[], isFloat: boolean): (value: number) => string {
  if (!isFloat) return String;
  const sizes = values.filter((v) => Number.isFinite(v) && v !== 0).map(Math.abs);
  const most = sizes.reduce((a, b) => Math.max(a, b), 0);
  const least = sizes.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const isWhole = sizes.every(Number.isInteger);
  const isWide = most > 1e8 || most / least > 1000 || (!isWhole && least < 1e-4);
  const plain = (value: number) => (isWhole ? `${value}.` : value.toFixed(4));
  return (value) => {
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
    if (isWide) return powerOfTen(value);
    return Object.is(value, -0) ? `-${plain(0)}` : plain(value);
  };
}

function powerOfTen(value: number): string {
  const [digits = "", power = ""] = value.toExponential(4).split("e");
  const sign = power.startsWith("-") ? "-" : "+";
  return `${digits}e${sign}${power.slice(1).padStart(2, "0")}`;
}
