import { FileButton } from "../collect/file_button.tsx";
import { bytes, count, short } from "../format.ts";
import { changeSettings } from "../project/edit.ts";
import type { NetworkChoice } from "../project/types.ts";
import { Next } from "../steps.tsx";
import { studio } from "../studio.ts";
import type { NetworkFacts } from "../worker/messages.ts";
import { choose, chooseWeights } from "./actions.ts";
import { Layers } from "./layers.tsx";
import { text } from "./texts.ts";
import { useEstimate } from "./use_estimate.ts";
import { WhatToTrain } from "./what_to_train.tsx";

export function ChooseView() {
  const said = text();
  const { network, settings } = studio.project.value;
  const facts = studio.facts.value;
  return (
    <section class="stack" aria-labelledby="choose-title">
      <div>
        <h2 id="choose-title">{said.title}</h2>
        <p class="faint">{said.lead}</p>
      </div>
      <div class="columns">
        <NetworkCard name="builtin" chosen={network} choose={() => choose({ kind: "builtin" })} />
        <NetworkCard name="files" chosen={network} />
      </div>
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

interface NetworkCardProps {
  name: NetworkChoice["kind"];
  chosen: NetworkChoice;
  choose?(): void;
}

function NetworkCard({ name, chosen, choose: take }: NetworkCardProps) {
  const said = text();
  const isChosen = chosen.kind === name;
  const title = name === "builtin" ? said.builtin : said.own;
  const take_ = take ?? (() => document.getElementById("weights")?.click());
  return (
    <div class={isChosen ? "card option chosen" : "card option"}>
      <label>
        <input
          type="radio"
          name="network"
          id={`network-${name}`}
          checked={isChosen}
          onChange={take_}
        />
        <strong>{title}</strong>
      </label>
      <p class="faint">{name === "builtin" ? said.builtinHint : said.ownHint}</p>
      {name === "files" && (
        <div class="row">
          <FileButton
            id="weights"
            label={said.chooseFiles}
            take={(files) => files.length > 0 && chooseWeights(files.map(({ file }) => file))}
          />
          {chosen.kind === "files" && (
            <span class="pill" title={chosen.name}>
              {chosen.name} · {said.files(chosen.files.length)}
            </span>
          )}
        </div>
      )}
    </div>
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
