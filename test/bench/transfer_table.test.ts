// What is measured is kept cell by cell, and the page says nothing else.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Cells } from "../../bench/transfer_table/cells.ts";
import { CELLS, NAMES, PAGE } from "../../bench/transfer_table/main.ts";
import { transferPage } from "../../bench/transfer_table/markdown.ts";

const folder = mkdtempSync(join(tmpdir(), "graft-table-"));
afterAll(() => rmSync(folder, { recursive: true }));

const names = { rows: ["digits"], columns: ["from scratch", "features", "chooseStrategy"] };
const cellOf = (column: string, seed: number) => ({ row: "digits", column, size: 5, seed });

it("cells are there when a run is taken up again", () => {
  const file = join(folder, "cells.json");
  new Cells(file).set(cellOf("features", 1), { figure: 81.2, seconds: 3 }, "an adapter");
  const again = new Cells(file);
  expect(again.get(cellOf("features", 1))).toEqual({ figure: 81.2, seconds: 3 });
  expect(again.get(cellOf("features", 2))).toBeUndefined();
  expect(JSON.parse(readFileSync(file, "utf8")).adapter).toBe("an adapter");
});

it("the page has means, deviations and gaps, and says what isn't measured", () => {
  const cells = new Cells(join(folder, "page.json"));
  const put = (column: string, seed: number, figure: number) =>
    cells.set(cellOf(column, seed), { figure, seconds: 1 }, "an adapter");
  put("from scratch", 1, 60);
  put("features", 1, 80);
  put("features", 2, 84);
  put("chooseStrategy", 1, 81);
  const page = transferPage(cells, names);
  expect(page).toContain("Measured are 4 of 27 cells");
  expect(page).toContain("| digits | 60.0 | **82.0 ± 2.8** | 81.0 |");
  expect(page).toContain("| digits | – | – | – |");
  expect(page).toContain(
    "| digits | 5 | features | gains 22.0; `chooseStrategy` 1.0 below the best |",
  );
});

it("docs/transfer.md is made of the cells that are kept", () => {
  expect(readFileSync(PAGE, "utf8")).toBe(transferPage(new Cells(CELLS), NAMES));
});
