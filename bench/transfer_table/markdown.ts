import { type CellPlace, type Cells, SEEDS, SIZES } from "./cells.ts";

interface Names {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
}

/** The page of the documentation, made of the cells that were measured and nothing else. */
export function transferPage(cells: Cells, { rows, columns }: Names): string {
  const all = SIZES.flatMap((size) =>
    rows.flatMap((row) =>
      columns.flatMap((column) => SEEDS.map((seed) => ({ row, column, size, seed }))),
    ),
  );
  const measured = all.filter((place) => cells.get(place)).length;
  const tables = SIZES.flatMap((size) => table(cells, { rows, columns }, size));
  return [
    "# What transfer gains",
    "",
    "Percent right on the test set: mean ± standard deviation over seeds, which draw other training examples and other heads;",
    "without ±, one seed. Of the imbalanced row the mean over classes, of several labels the share of all labels. Made by",
    "`npm run bench -- --transfer-table`, which goes on where it was ended; `bench/transfer_table/` says what rows and columns are.",
    `Measured are ${measured} of ${all.length} cells; "–" was not measured (ants and bees have no 90 pictures a class). Figures of one seed`,
    "say little: a few points between two of them may be chance. Columns differ in more than what they train: heads on kept features",
    "have three times the epochs and a rate of 3e-3, the others that begin with a network 3e-4, from scratch 1e-3; none was tuned.",
    "",
    ...tables,
    ...findings(cells, { rows, columns }),
  ].join("\n");
}

function table(cells: Cells, { rows, columns }: Names, size: number): string[] {
  const lines = rows.map((row) => {
    const figures = columns.map((column) => {
      const found = figuresOf(cells, { row, column, size });
      return found.length > 0 ? textOf(found) : "–";
    });
    return `| ${[row, ...figures].join(" | ")} |`;
  });
  return [
    `## ${size} examples of each class`,
    "",
    `| | ${columns.join(" | ")} |`,
    `| --- |${columns.map(() => " ---: |").join("")}`,
    ...lines,
    "",
  ];
}

function figuresOf(cells: Cells, place: Omit<CellPlace, "seed">): number[] {
  return SEEDS.flatMap((seed) => cells.get({ ...place, seed })?.figure ?? []);
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function textOf(values: readonly number[]): string {
  const middle = mean(values);
  if (values.length === 1) return middle.toFixed(1);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return `${middle.toFixed(1)} ± ${Math.sqrt(squares / (values.length - 1)).toFixed(1)}`;
}

/** What the table says, row by row: whether transfer gains, and how near `chooseStrategy` is to the best column. */
function findings(cells: Cells, { rows, columns }: Names): string[] {
  const lines = rows.flatMap((row) =>
    SIZES.flatMap((size) => {
      const means = columns.flatMap((column) => {
        const found = figuresOf(cells, { row, column, size });
        return found.length > 0 ? [{ column, value: mean(found) }] : [];
      });
      const of = (name: string) => means.find(({ column }) => column === name)?.value;
      const ways = means.filter(
        ({ column }) => column !== "from scratch" && column !== "chooseStrategy",
      );
      const [scratch, choice] = [of("from scratch"), of("chooseStrategy")];
      if (ways.length === 0 || scratch === undefined) return [];
      const best = ways.reduce((a, b) => (b.value > a.value ? b : a));
      const gain = best.value - scratch;
      const wins = gain > 0 ? `gains ${gain.toFixed(1)}` : `loses ${(-gain).toFixed(1)}`;
      const near =
        choice === undefined
          ? ""
          : `; \`chooseStrategy\` ${(best.value - choice).toFixed(1)} below the best`;
      return [`| ${row} | ${size} | ${best.column} | ${wins}${near} |`];
    }),
  );
  if (lines.length === 0) return [];
  return [
    "## Against training from scratch",
    "",
    "| row | examples | best column | points |",
    "| --- | ---: | --- | --- |",
    ...lines,
    "",
  ];
}
