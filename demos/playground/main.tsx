import "./style.css";
import { effect } from "@preact/signals";
import { announce, NoWebGpu, Shell, startPage, webGpuProblem } from "../shared/index.ts";
import { Drawing } from "./drawing.tsx";
import { WAYS } from "./messages.ts";
import { Curves, Pictures, SideBySide } from "./results.tsx";
import * as state from "./state.ts";
import { text } from "./texts.ts";

function Playground() {
  const { title, lead } = text();
  const why = state.problem.value;
  return (
    <Shell page={null} root="../">
      <div class="stack">
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
        {why ? <NoWebGpu why={why} /> : <Run />}
        <Pictures />
        <Curves />
        <SideBySide />
        <Drawing />
      </div>
    </Shell>
  );
}

function Run() {
  const texts = text();
  const phase = state.phase.value;
  const isRunning = phase === "running";
  const files = state.files.value;
  return (
    <section class="card stack">
      <p>{files ? texts.realData(Object.keys(files).join(", ")) : texts.drawnData}</p>
      <div class="row">
        <Amount name="perClass" least={1} most={100} />
        <Amount name="epochs" least={1} most={100} />
      </div>
      <div class="row">
        {isRunning ? (
          <button type="button" id="stop" onClick={state.stop}>
            {texts.stop}
          </button>
        ) : (
          <button type="button" id="start" class="primary" onClick={state.start}>
            {phase === "ready" ? texts.start : texts.again}
          </button>
        )}
        <label class="button">
          {texts.choose}
          <input
            class="unseen"
            id="files"
            type="file"
            multiple
            disabled={isRunning}
            onChange={({ currentTarget }) => state.takeFiles([...(currentTarget.files ?? [])])}
          />
        </label>
      </div>
      <p class="faint">{texts.chooseHint}</p>
      <Status />
    </section>
  );
}

function Amount({
  name,
  least,
  most,
}: {
  name: "perClass" | "epochs";
  least: number;
  most: number;
}) {
  return (
    <label class="row">
      {text()[name]}
      <input
        id={name}
        type="number"
        min={least}
        max={most}
        value={state.settings.value[name]}
        disabled={state.phase.value === "running"}
        onChange={({ currentTarget }) => {
          const value = Math.round(Math.min(most, Math.max(least, Number(currentTarget.value))));
          state.settings.value = { ...state.settings.value, [name]: value || least };
        }}
      />
    </label>
  );
}

/** What is going on, in words. */
function statusText(): string {
  const texts = text();
  const { sourceEpochs } = state.settings.value;
  const way = WAYS.find((one) => !state.gaps.value.has(one));
  if (state.phase.value !== "running") return "";
  return state.gaps.value.has("before") && way
    ? texts.learns(texts[way])
    : texts.learnsSource(Math.min(state.sourceEpoch.value + 1, sourceEpochs), sourceEpochs);
}

function Status() {
  const texts = text();
  const phase = state.phase.value;
  const done = state.gaps.value.size / (WAYS.length + 1);
  if (phase === "failed")
    return (
      <p class="notice bad" role="alert">
        {texts.failed(state.failure.value)}
      </p>
    );
  if (phase === "running")
    return (
      <div>
        <progress aria-label={statusText()} value={done} />
        <p class="faint" id="status">
          {statusText()}
        </p>
      </div>
    );
  return phase === "ready" ? null : <p id="status">{texts[phase]}</p>;
}

startPage(<Playground />);
effect(() => {
  if (state.phase.value === "done") announce(text().done);
});
void webGpuProblem().then((why) => {
  state.problem.value = why;
});
