import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** One training and how good it came out. */
export interface Cell {
  /** In percent, on the row's test set. */
  readonly figure: number;
  /** Of processor time, which other work on the machine adds little to. */
  readonly seconds: number;
}

/** Which training a cell is of. */
export interface CellPlace {
  readonly row: string;
  readonly column: string;
  /** Training examples of each class. */
  readonly size: number;
  readonly seed: number;
}

export const SIZES = [5, 20, 90];
/** So that fewer examples are seen more often. */
export const EPOCHS: Readonly<Record<number, number>> = { 5: 20, 20: 10, 90: 5 };
export const SEEDS = [1, 2, 3];

export function cellId({ row, size, seed, column }: CellPlace): string {
  return `${row} / ${size} / ${seed} / ${column}`;
}

/** What was measured, kept in a file as it comes: a run that is ended goes on where it was. */
export class Cells {
  readonly #file: string;
  readonly #cells: Record<string, Cell>;

  constructor(file: string) {
    this.#file = file;
    this.#cells = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).cells : {};
  }

  get(place: CellPlace): Cell | undefined {
    return this.#cells[cellId(place)];
  }

  /** @param adapter what measured it, which the file tells once. */
  set(place: CellPlace, cell: Cell, adapter: string): void {
    this.#cells[cellId(place)] = cell;
    const text = JSON.stringify({ adapter, cells: this.#cells }, null, 1);
    writeFileSync(`${this.#file}.part`, `${text}\n`);
    renameSync(`${this.#file}.part`, this.#file);
  }
}
