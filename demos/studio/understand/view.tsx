import { useState } from "preact/hooks";
import { Table } from "../../shared/index.ts";
import { percent } from "../format.ts";
import { useFile } from "../pictures.tsx";
import { classFigures, worstOf } from "../project/figures.ts";
import { keys } from "../project/project.ts";
import { lastResult } from "../project/runs.ts";
import type { Run, RunResult, Verdict } from "../project/types.ts";
import { Next } from "../steps.tsx";
import { studio } from "../studio.ts";
import { Confusion } from "./confusion.tsx";
import { text } from "./texts.ts";
import { TryIt } from "./try_it.tsx";

const MISTAKES = 12;

export function UnderstandView() {
  const said = text();
  const { runs } = studio.project.value;
  const [chosen, choose] = useState<string | null>(null);
  const run =
    runs.find(({ id, result }) => id === chosen && result) ?? lastResult(studio.project.value);
  return (
    <section class="stack" aria-labelledby="understand-title">
      <div>
        <h2 id="understand-title">{said.title}</h2>
        <p class="faint">{said.lead}</p>
      </div>
      {!run?.result && <p class="notice">{said.nothing}</p>}
      {run?.result && (
        <>
          {runs.filter(({ result }) => result).length > 1 && (
            <label class="row">
              {said.which}
              <select
                id="which-run"
                value={run.id}
                onChange={({ currentTarget }) => choose(currentTarget.value)}
              >
                {runs.map(
                  ({ id, result }, i) =>
                    result && (
                      <option key={id} value={id}>
                        {i + 1}
                      </option>
                    ),
                )}
              </select>
            </label>
          )}
          <Findings run={run} result={run.result} />
        </>
      )}
    </section>
  );
}

function Findings({ run, result }: { run: Run; result: RunResult }) {
  const said = text();
  return (
    <>
      <div class="card">
        <dl class="figures">
          <Figure id="accuracy" name={said.accuracy} value={percent(result.accuracy)} />
          <Figure id="before" name={said.before} value={percent(result.before)} />
          {result.scratch !== undefined && (
            <Figure id="scratch" name={said.scratch} value={percent(result.scratch)} />
          )}
          <Figure id="held-out" name={said.heldOut} value={String(result.verdicts.length)} />
        </dl>
      </div>
      {!studio.problem.value && <TryIt key={run.id} run={run} />}
      <div class="columns">
        <div class="card">
          <h3>{said.confusion}</h3>
          <p class="faint">{said.confusionHint}</p>
          <Confusion result={result} />
        </div>
        <div class="card">
          <h3>{said.classes}</h3>
          <ClassTable result={result} />
        </div>
      </div>
      <div class="card">
        <h3>{said.worst}</h3>
        <Mistakes result={result} />
      </div>
      <Next to="takeAway" label={said.next} />
    </>
  );
}

function Figure({ id, name, value }: { id: string; name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd id={id}>{value}</dd>
    </div>
  );
}

function ClassTable({ result }: { result: RunResult }) {
  const said = text();
  return (
    <Table
      id="class-scores"
      label={said.classes}
      columns={[said.class, said.precision, said.recall, said.f1, said.pictures]}
      numbersFrom={1}
    >
      {classFigures(result).map(({ name, precision, recall, f1, count }) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td class="number">{percent(precision)}</td>
          <td class="number">{percent(recall)}</td>
          <td class="number">{percent(f1)}</td>
          <td class="number">{count}</td>
        </tr>
      ))}
    </Table>
  );
}

function Mistakes({ result }: { result: RunResult }) {
  const worst = worstOf(result, MISTAKES);
  if (worst.length === 0) return <p class="faint">{text().noMistakes}</p>;
  return (
    <ul class="mistakes" id="mistakes">
      {worst.map((verdict) => (
        <Mistake key={verdict.picture} verdict={verdict} classes={result.info.classes} />
      ))}
    </ul>
  );
}

function Mistake({ verdict, classes }: { verdict: Verdict; classes: readonly string[] }) {
  const said = text();
  const { picture, label, predicted, probability } = verdict;
  const address = useFile(keys.thumbnail(picture));
  const name = studio.project.value.pictures.find(({ id }) => id === picture)?.name ?? "";
  return (
    <li>
      <figure>
        {address ? <img src={address} alt={name} /> : <span class="gone">{name}</span>}
        <figcaption>
          <span class="wrong">{said.taken(classes[predicted], Math.round(100 * probability))}</span>
          <span class="faint">{said.is(classes[label])}</span>
        </figcaption>
      </figure>
    </li>
  );
}
