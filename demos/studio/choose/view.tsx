import { inWords } from "../library/translate.ts";
import { changeSettings } from "../project/edit.ts";
import { Next } from "../steps.tsx";
import { studio } from "../studio.ts";
import { refused } from "./actions.ts";
import { Facts } from "./facts.tsx";
import { Layers } from "./layers.tsx";
import { NetworkCards } from "./network_cards.tsx";
import { text } from "./texts.ts";
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
      {refused.value && (
        <Problem id="weights-refused" what={said.refusedFiles} why={refused.value} />
      )}
      {studio.factsError.value && (
        <Problem id="network-error" what={said.unreadable} why={studio.factsError.value} />
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

function Problem({ id, what, why }: { id: string; what: string; why: string }) {
  return (
    <div class="notice bad" role="alert" id={id}>
      <strong>{what}</strong>
      <p>{inWords(why)}</p>
    </div>
  );
}
