import { type Cell, type CellPlace, type Cells, EPOCHS, SEEDS, SIZES } from "./cells.ts";
import { RATES } from "./columns.ts";

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
    "without ±, one seed. Of the imbalanced row the mean over classes, of several labels the share of all labels. The best column is",
    "bold, where several were measured. Made by `npm run bench -- --transfer-table`, which goes on where it was ended;",
    "`bench/transfer_table/` says what rows and columns are.",
    `Measured are ${measured} of ${all.length} cells; "–" was not measured (ants and bees have no 90 pictures a class). Figures of one seed`,
    "say little: a few points between two of them may be chance.",
    "",
    "Columns differ in what they train, and in nothing else but that heads on kept features go without the flips and crops of the photos'",
    "rows. Each takes Adam, batches of 32 and the same epochs:",
    `${SIZES.map((size) => `${EPOCHS[size]} at ${size} examples a class`).join(", ")}; an epoch is one pass over the training examples, whether their features are`,
    `computed anew or kept. Each takes the one of the rates ${RATES.join(", ")} (best cut: of each cut with each of these) that came to the`,
    "least loss on a quarter of the training examples when trained on the others, and is then trained on all. `chooseStrategy` finds out",
    "for itself what to train, among the whole network, its last block, its head and the head on each cut, at the same rates: by",
    "successive halving by 4 and three folds. The digits' network has one block, so that its last block is its head.",
    "",
    ...tables,
    ...findings(cells, { rows, columns }),
  ].join("\n");
}

function table(cells: Cells, { rows, columns }: Names, size: number): string[] {
  const lines = rows.map((row) => {
    const found = columns.map((column) => figuresOf(cells, { row, column, size }));
    const measured = found.filter((values) => values.length > 0);
    const best = Math.max(...measured.map(mean));
    const figures = found.map((values) => {
      if (values.length === 0) return "–";
      return measured.length > 1 && mean(values) === best
        ? `**${textOf(values)}**`
        : textOf(values);
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

function cellsOf(cells: Cells, place: Omit<CellPlace, "seed">): Cell[] {
  return SEEDS.flatMap((seed) => cells.get({ ...place, seed }) ?? []);
}

function figuresOf(cells: Cells, place: Omit<CellPlace, "seed">): number[] {
  return cellsOf(cells, place).map(({ figure }) => figure);
}

/** What a choice cost, in trainings of the column that trains most. */
function costText(cells: Cells, row: string, size: number): string {
  const seconds = (column: string) =>
    mean(cellsOf(cells, { row, column, size }).map((cell) => cell.seconds));
  const cost = seconds("chooseStrategy") / seconds("all layers");
  return Number.isFinite(cost) ? `, for ${cost.toFixed(1)} times the time of all layers` : "";
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function textOf(values: readonly number[]): string {
  const middle = mean(values);
  if (values.length === 1) return middle.toFixed(1);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return `${middle.toFixed(1)} ± ${Math.sqrt(squares / (values.length - 1)).toFixed(1)}`;
}

const nearText = (below: number) =>
  below > 0 ? `${below.toFixed(1)} below the best` : `${(-below).toFixed(1)} above it`;

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
          : `; \`chooseStrategy\` ${nearText(best.value - choice)}${costText(cells, row, size)}`;
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
