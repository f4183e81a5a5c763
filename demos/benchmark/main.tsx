import "./style.css";
import { effect } from "@preact/signals";
import { announce, NoWebGpu, Shell, startPage, webGpuProblem } from "../shared/index.ts";
import { AdapterCard } from "./adapter.tsx";
import { Kernels, Results, Roofline, Throughput } from "./results.tsx";
import * as state from "./state.ts";
import { text, titleIn } from "./texts.ts";

function Benchmark() {
  const { title, lead, smoke } = text();
  const why = state.problem.value;
  return (
    <Shell page="benchmark" root="../">
      <div class="stack">
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
        {why ? <NoWebGpu why={why} /> : <Run />}
        {state.size === "smoke" && <p class="faint">{smoke}</p>}
        <AdapterCard />
        <Roofline />
        <Throughput />
        <Results />
        <Kernels />
      </div>
    </Shell>
  );
}

/** Start and stop, and how far it has come. */
function Run() {
  const texts = text();
  const phase = state.phase.value;
  const [done, all] = [state.rows.value.length, state.planned.length];
  return (
    <section class="card stack">
      <div class="row">
        {phase === "running" ? (
          <button type="button" id="stop" onClick={state.stop}>
            {texts.stop}
          </button>
        ) : (
          <button type="button" id="start" class="primary" onClick={state.start}>
            {phase === "ready" ? texts.start : texts.again}
          </button>
        )}
        {done > 0 && phase !== "running" && (
          <button type="button" id="save" onClick={save}>
            {texts.save}
          </button>
        )}
      </div>
      {phase === "running" && (
        <div>
          <progress aria-label={texts.progress(done, all)} value={state.share.value} />
          <p class="faint">
            {texts.progress(done, all)} · {titleIn(state.current.value) || texts.ceilingNow}
          </p>
        </div>
      )}
      {phase === "stopped" && <p>{texts.stopped}</p>}
      {phase === "failed" && (
        <p class="notice bad" role="alert">
          {texts.failed(state.failure.value)}
        </p>
      )}
    </section>
  );
}

function save(): void {
  const json = JSON.stringify(state.runAsFile(), null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  link.download = "graft-benchmark.json";
  link.click();
  URL.revokeObjectURL(link.href);
}

startPage(<Benchmark />);
effect(() => {
  if (state.phase.value === "done") announce(text().finished);
});
void webGpuProblem().then((why) => {
  state.problem.value = why;
  if (!why) void state.lookAtAdapter();
});
