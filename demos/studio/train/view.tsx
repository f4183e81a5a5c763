import { inWords } from "../library/translate.ts";
import { obstaclesOf } from "../project/readiness.ts";
import { interruptedRun, lastResult } from "../project/runs.ts";
import { Next } from "../steps.tsx";
import { studio } from "../studio.ts";
import { goOn, startRun } from "./actions.ts";
import { Curves } from "./curves.tsx";
import { Progress } from "./progress.tsx";
import { Runs } from "./runs.tsx";
import { SettingsForm } from "./settings_form.tsx";
import { text } from "./texts.ts";

export function TrainView() {
  const said = text();
  const project = studio.project.value;
  const training = studio.training.value;
  const interrupted = training ? null : interruptedRun(project);
  const isReady = obstaclesOf(project).length === 0;
  const canStart = isReady && studio.facts.value !== null && studio.problem.value === null;
  const run = project.runs.at(-1);
  return (
    <section class="stack" aria-labelledby="train-title">
      <div>
        <h2 id="train-title">{said.title}</h2>
        <p class="faint">{said.lead}</p>
      </div>
      <SettingsForm isDisabled={training !== null} />
      {!isReady && <p class="notice">{said.notReady}</p>}
      {studio.factsError.value && <p class="notice bad">{said.noNetwork}</p>}
      {interrupted && (
        <div class="notice" id="interrupted">
          <p>{said.interrupted}</p>
          <button
            type="button"
            id="go-on-run"
            class="primary"
            disabled={!canStart}
            onClick={() => goOn(interrupted)}
          >
            {said.goOn}
          </button>
        </div>
      )}
      {training ? (
        <Progress now={training} />
      ) : (
        <div class="row">
          <button
            type="button"
            id="start"
            class={interrupted ? undefined : "primary"}
            disabled={!canStart}
            onClick={startRun}
          >
            {run ? said.again : said.start}
          </button>
        </div>
      )}
      {run?.why && (
        <p class="notice bad" role="alert">
          {said.failed}: {inWords(run.why)}
        </p>
      )}
      {run && <Curves run={run} now={training} />}
      {project.runs.length > 0 && <Runs runs={project.runs} />}
      {!training && lastResult(project) && <Next to="understand" label={said.next} />}
    </section>
  );
}
