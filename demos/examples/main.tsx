import "./style.css";
import { signal } from "@preact/signals";
import { announce, NoWebGpu, Shell, startPage, webGpuProblem } from "../shared/index.ts";
import { EXAMPLES, type ExampleName } from "./list.ts";
import { text } from "./texts.ts";
import type { FromWorker } from "./worker.ts";

const names = Object.keys(EXAMPLES) as ExampleName[];
const isName = (name: string): name is ExampleName => name in EXAMPLES;

const problem = signal<string | null>(null);
const chosen = signal<ExampleName>("own_layer");
const code = signal("");
const printed = signal<readonly string[]>([]);
/** How the last run stands, as a text of the page. */
const status = signal<(() => string) | null>(null);
const worker = signal<Worker | null>(null);

async function choose(name: ExampleName): Promise<void> {
  stop();
  [chosen.value, printed.value, status.value, code.value] = [name, [], null, ""];
  history.replaceState(null, "", `#${name}`);
  const answer = await fetch(EXAMPLES[name]);
  const source = await answer.text();
  if (chosen.value === name) code.value = source;
}

function run(): void {
  printed.value = [];
  status.value = () => text().running;
  const begun = performance.now();
  const made = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  made.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === "line") {
      printed.value = [...printed.value, data.text];
      return;
    }
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    end(() => (data.type === "done" ? text().done(seconds) : text().failed(data.why)));
  };
  made.onerror = ({ message }) => end(() => text().failed(message));
  made.postMessage(chosen.value);
  worker.value = made;
}

function end(how: () => string): void {
  worker.value?.terminate();
  worker.value = null;
  status.value = how;
  announce(how());
}

function stop(): void {
  if (worker.value) end(() => text().stopped);
}

function Gallery() {
  const texts = text();
  return (
    <Shell page="examples" root="../">
      <div class="stack">
        <h1>{texts.title}</h1>
        <p class="lead">{texts.lead}</p>
        {problem.value && <NoWebGpu why={problem.value} />}
        <div class="gallery">
          <nav class="names" aria-label={texts.choose}>
            {names.map((name) => (
              <button
                key={name}
                type="button"
                aria-pressed={name === chosen.value}
                onClick={() => void choose(name)}
              >
                {texts[name]}
              </button>
            ))}
          </nav>
          <Example />
        </div>
      </div>
    </Shell>
  );
}

function Example() {
  const texts = text();
  return (
    <section class="card stack" aria-label={texts[chosen.value]}>
      <div class="row">
        {worker.value ? (
          <button type="button" id="stop" onClick={stop}>
            {texts.stop}
          </button>
        ) : (
          !problem.value && (
            <button type="button" id="run" class="primary" onClick={run}>
              {texts.run}
            </button>
          )
        )}
        <span class="faint" id="status">
          {status.value?.()}
        </span>
      </div>
      {printed.value.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <pre id="printed" role="log" aria-label={texts.printed} tabIndex={0}>
          {printed.value.join("\n")}
        </pre>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <pre id="code" tabIndex={0}>
        <code>{code.value}</code>
      </pre>
    </section>
  );
}

startPage(<Gallery />);
const asked = location.hash.slice(1);
void choose(isName(asked) ? asked : chosen.value);
void webGpuProblem().then((why) => {
  problem.value = why;
});
