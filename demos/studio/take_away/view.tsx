import { useState } from "preact/hooks";
import { announce, Scroller } from "../../shared/index.ts";
import { FileButton } from "../collect/file_button.tsx";
import { lastResult } from "../project/runs.ts";
import { codeFor } from "../project/settings.ts";
import type { Run } from "../project/types.ts";
import { studio } from "../studio.ts";
import {
  FORMATS,
  type FormatName,
  openProject,
  saveNetwork,
  savePage,
  saveProject,
  startOver,
} from "./actions.ts";
import { text } from "./texts.ts";

export function TakeAwayView() {
  const said = text();
  const run = lastResult(studio.project.value);
  return (
    <section class="stack" aria-labelledby="take-title">
      <div>
        <h2 id="take-title">{said.title}</h2>
        <p class="faint">{said.lead}</p>
      </div>
      {!run && <p class="notice">{said.nothing}</p>}
      {run && <NetworkCard run={run} />}
      {run?.result && <CodeCard run={run} classes={run.result.info.classes} />}
      <ProjectCard />
    </section>
  );
}

function NetworkCard({ run }: { run: Run }) {
  const said = text();
  const [making, setMaking] = useState<string | null>(null);
  const isBusy = making !== null || studio.training.value !== null || studio.problem.value !== null;
  const make = async (what: string, work: () => Promise<void>) => {
    setMaking(what);
    try {
      await work();
    } catch (error) {
      studio.say(said.failed(what, error instanceof Error ? error.message : String(error)), true);
    }
    setMaking(null);
  };
  const save = (format: FormatName) => make(format, () => saveNetwork(run, format));
  return (
    <div class="card stack">
      <h3>{said.network}</h3>
      <ul class="formats">
        {FORMATS.map(({ name, hint }) => (
          <li key={name}>
            <button type="button" id={`save-${hint}`} disabled={isBusy} onClick={() => save(name)}>
              {making === name ? said.making(name) : said.save(name)}
            </button>
            <span class="faint">{said[hint]}</span>
          </li>
        ))}
        <li>
          <button
            type="button"
            id="save-page"
            disabled={isBusy}
            onClick={() => make("predict.html", () => savePage(run))}
          >
            {making === "predict.html" ? said.making(making) : said.save("predict.html")}
          </button>
          <span class="faint">{said.pageHint}</span>
        </li>
      </ul>
    </div>
  );
}

function CodeCard({ run, classes }: { run: Run; classes: readonly string[] }) {
  const said = text();
  const { choice, settings } = run;
  const code = codeFor(settings, choice, classes);
  const copy = async () => {
    await navigator.clipboard.writeText(code);
    announce(said.copied);
  };
  return (
    <div class="card stack">
      <div class="row spread">
        <h3>{said.code}</h3>
        <button type="button" onClick={copy}>
          {said.copy}
        </button>
      </div>
      <p class="faint">{said.codeHint}</p>
      <Scroller label={said.code}>
        <pre id="code">
          <code>{code}</code>
        </pre>
      </Scroller>
    </div>
  );
}

function ProjectCard() {
  const said = text();
  const isBusy = studio.training.value !== null;
  return (
    <div class="card stack">
      <h3>{said.project}</h3>
      <p class="faint">{said.projectHint}</p>
      <div class="row">
        <button type="button" id="save-project" disabled={isBusy} onClick={saveProject}>
          {said.saveProject}
        </button>
        <FileButton
          id="open-project"
          label={said.openProject}
          one
          isDisabled={isBusy}
          take={([chosen]) => chosen && openProject(chosen.file)}
        />
        <button type="button" id="start-over" class="plain" disabled={isBusy} onClick={startOver}>
          {said.startOver}
        </button>
      </div>
    </div>
  );
}
