import { bytes, count, short } from "../format.ts";
import { changeSettings } from "../project/edit.ts";
import { Next } from "../steps.tsx";
import { studio } from "../studio.ts";
import type { NetworkFacts } from "../worker/messages.ts";
import { Layers } from "./layers.tsx";
import { NetworkCards } from "./network_cards.tsx";
import { text } from "./texts.ts";
import { useEstimate } from "./use_estimate.ts";
import { WhatToTrain } from "./what_to_train.tsx";

export function ChooseView() {
  const said = text();
  const { network, settings, runs } = studio.project.value;
  const facts = studio.facts.value;
  return (
    <section class="stack" aria-labelledby="choose-title">
      <div>
        <h2 id="choose-title">{said.title}</h2>
        <p class="faint">{said.lead}</p>
      </div>
      <NetworkCards chosen={network} runs={runs} />
      {studio.factsError.value && (
        <div class="notice bad" role="alert" id="network-error">
          <strong>{said.unreadable}</strong>
          <p>{studio.factsError.value}</p>
        </div>
      )}
      {!facts && !studio.factsError.value && !studio.problem.value && (
        <p class="faint">{said.looking}</p>
      )}
      {facts && <Facts facts={facts} />}
      {facts && (
        <WhatToTrain
          facts={facts}
          chosen={settings.train}
          change={(train) => studio.edit((project) => changeSettings(project, { train }))}
        />
      )}
      {facts && <Layers facts={facts} settings={settings} />}
      {facts && <Next to="train" label={said.next} />}
    </section>
  );
}

function Facts({ facts }: { facts: NetworkFacts }) {
  const said = text();
  const memory = useEstimate();
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
        <Figure name={said.memory} value={memory === null ? said.unknown : bytes(memory)} />
      </dl>
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

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
