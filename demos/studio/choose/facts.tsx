import { bytes, count, duration, short } from "../format.ts";
import { countsOf } from "../project/readiness.ts";
import { studio } from "../studio.ts";
import type { NetworkFacts, StepTimes } from "../worker/messages.ts";
import { text } from "./texts.ts";
import { useCosts } from "./use_costs.ts";

/** What the network is, and what training it takes as it is set now. */
export function Facts({ facts }: { facts: NetworkFacts }) {
  const said = text();
  const { memory, step, isMeasuring } = useCosts();
  const { architecture, format, parameters, flops, size, channels, notes } = facts;
  return (
    <div class="card stack" id="facts">
      <dl class="figures">
        <Figure
          name={said.architecture}
          value={architecture === "from file" ? format : architecture || format}
        />
        <Figure name={said.parameters} value={count(parameters)} />
        <Figure name={said.flops} value={flops === null ? said.unknown : `${short(flops)} FLOP`} />
        <Figure name={said.input} value={`${size} × ${size}${channels === 1 ? ", 1" : ""}`} />
        <Figure name={said.memory} value={bytesOr(memory?.asChosen, said.unknown)} id="memory" />
        <Figure name={said.memoryOfAll} value={bytesOr(memory?.allLayers, said.unknown)} />
      </dl>
      <output id="measured" class="faint">
        {step ? stepText(step) : isMeasuring ? said.measuring : ""}
      </output>
      {notes.length > 0 && (
        <details>
          <summary>{said.notes}</summary>
          <ul class="faint">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

const bytesOr = (n: number | null | undefined, unknown: string) =>
  n === null || n === undefined ? unknown : bytes(n);

/** What a step that was measured means for the pictures that there are. */
function stepText({ asChosen, allLayers, isOnFeatures }: StepTimes): string {
  const said = text();
  const { settings } = studio.project.value;
  const usable = countsOf(studio.project.value).reduce((sum, entry) => sum + entry.count, 0);
  const steps = Math.ceil((usable * (1 - settings.valSplit)) / settings.batchSize);
  const times = allLayers === null ? 1 : allLayers / asChosen;
  return [
    said.stepTakes(duration(asChosen)),
    ...(times >= 1.05 ? [said.faster(figure(times))] : []),
    ...(steps > 0 ? [said.epochTakes(duration(steps * asChosen), usable)] : []),
    ...(isOnFeatures ? [said.onFeatures] : []),
  ].join(said.between);
}

const figure = (n: number) => (n < 10 ? n.toFixed(1) : n.toFixed(0));

function Figure({ name, value, id }: { name: string; value: string; id?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd id={id}>{value}</dd>
    </div>
  );
}
