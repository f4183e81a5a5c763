import type { TrainChoice } from "../project/types.ts";
import type { NetworkFacts } from "../worker/messages.ts";
import { lastPart, trainableLayers } from "./layer_choice.ts";
import { text } from "./texts.ts";

export interface WhatToTrainProps {
  facts: NetworkFacts;
  chosen: TrainChoice;
  change(train: TrainChoice): void;
}

/** Which part of the network is trained, in four words. */
export function WhatToTrain({ facts, chosen, change }: WhatToTrainProps) {
  const said = text();
  const layers = trainableLayers(facts);
  const options = [
    ["head", said.head, said.headHint],
    ...(layers.length > 0 ? ([["layers", said.some, said.someHint]] as const) : []),
    ["all", said.all, said.allHint],
    ["auto", said.auto, said.autoHint],
  ] as const;
  const take = (kind: TrainChoice["kind"]) =>
    change(kind === "layers" ? { kind, layers: lastPart(layers) } : { kind });
  return (
    <fieldset class="card">
      <legend>{said.what}</legend>
      <div class="columns narrow">
        {options.map(([kind, title, hint]) => (
          <label key={kind} class="choice-row">
            <input
              type="radio"
              name="train"
              id={`train-${kind}`}
              checked={chosen.kind === kind}
              onChange={() => take(kind)}
            />
            <span>
              <strong>{title}</strong>
              <span class="faint">{hint}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
