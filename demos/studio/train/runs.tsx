import { type Curve, LineChart, Scroller } from "../../shared/index.ts";
import { percent } from "../format.ts";
import type { Run, TrainChoice } from "../project/types.ts";
import { studio } from "../studio.ts";
import { forget } from "./actions.ts";
import { text } from "./texts.ts";

const COLOURS = ["--green", "--blue", "--amber", "--violet", "--red"];
/** More curves than that can't be told apart. */
const COMPARED = COLOURS.length;

/** All runs, side by side. */
export function Runs({ runs }: { runs: readonly Run[] }) {
  const said = text();
  const isBusy = studio.training.value !== null;
  return (
    <div class="card stack">
      <h3>{said.runs}</h3>
      <Scroller label={said.runs}>
        <table class="runs" id="runs">
          <thead>
            <tr>
              <td />
              <th scope="col">{said.state}</th>
              <th scope="col">{said.what}</th>
              <th scope="col" class="number">
                {said.epochs}
              </th>
              <th scope="col" class="number">
                {said.best}
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {runs.map((run, i) => (
              <tr key={run.id}>
                <th scope="row">{said.run(i + 1)}</th>
                <td>{said[`stateName_${run.state}`]}</td>
                <td>
                  {trainText(run.settings.train)} <span class="faint">{run.network}</span>
                </td>
                <td class="number">
                  {run.epochs.length}/{run.settings.epochs}
                </td>
                <td class="number">{accuracyText(run)}</td>
                <td>
                  <button
                    type="button"
                    class="plain"
                    disabled={isBusy}
                    aria-label={said.forget(i + 1)}
                    onClick={() => forget(run)}
                  >
                    ✕
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
      {runs.filter(({ epochs }) => epochs.length > 1).length > 1 && <Compared runs={runs} />}
    </div>
  );
}

function accuracyText({ result, epochs }: Run): string {
  const accuracy = result?.accuracy ?? epochs.at(-1)?.valAccuracy;
  return accuracy === undefined ? "–" : percent(accuracy);
}

function trainText(train: TrainChoice): string {
  const said = text();
  return train.kind === "layers" ? said.layers(train.layers.length) : said[train.kind];
}

function Compared({ runs }: { runs: readonly Run[] }) {
  const said = text();
  const shown = runs.map((run, i) => ({ run, name: said.run(i + 1) })).slice(-COMPARED);
  const longest = Math.max(...shown.map(({ run }) => run.epochs.length));
  const x = Array.from({ length: longest }, (_, i) => i + 1);
  const curves = shown.map(
    ({ run, name }, i): Curve => ({
      label: name,
      colour: COLOURS[i],
      values: x.map((_, epoch) => run.epochs[epoch]?.valAccuracy ?? null),
    }),
  );
  return (
    <LineChart
      title={said.compare}
      xIsWhole
      x={x}
      curves={curves}
      format={percent}
      range={[0, 1]}
    />
  );
}
