import { Scroller } from "../../shared/index.ts";
import { confusionOf } from "../project/figures.ts";
import type { RunResult } from "../project/types.ts";
import { text } from "./texts.ts";

/** The confusion matrix as a table: the fuller a cell, the deeper its colour. */
export function Confusion({ result }: { result: RunResult }) {
  const said = text();
  const { classes } = result.info;
  const matrix = confusionOf(result);
  return (
    <Scroller label={said.confusion}>
      <table class="confusion" id="confusion">
        <thead>
          <tr>
            <th scope="col" class="corner">
              {said.trueClass}
            </th>
            {classes.map((name) => (
              <th key={name} scope="col" title={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.map((row, i) => (
            <tr key={classes[i]}>
              <th scope="row" title={classes[i]}>
                {classes[i]}
              </th>
              {row.map((n, j) => (
                <td
                  key={classes[j]}
                  title={said.cell(n, classes[i], classes[j])}
                  style={{ background: colourOf(n, row, i === j) }}
                >
                  {n || ""}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function colourOf(n: number, row: readonly number[], isRight: boolean): string {
  const total = row.reduce((sum, m) => sum + m, 0);
  // Never so deep that the number on it can't be read.
  const depth = n === 0 ? 0 : 10 + (45 * n) / Math.max(1, total);
  return `color-mix(in srgb, var(${isRight ? "--green" : "--red"}) ${depth.toFixed(0)}%, var(--card))`;
}
