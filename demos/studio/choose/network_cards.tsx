import type { ComponentChildren } from "preact";
import { FileButton } from "../collect/file_button.tsx";
import type { NetworkChoice, Run } from "../project/types.ts";
import { choose, chooseWeights } from "./actions.ts";
import { FetchWeights } from "./fetch_card.tsx";
import { text } from "./texts.ts";

/** The networks that training can start from. */
export function NetworkCards({ chosen, runs }: { chosen: NetworkChoice; runs: readonly Run[] }) {
  const said = text();
  const isFetched = chosen.kind === "files" && chosen.from !== undefined;
  return (
    <div class="columns">
      <Card
        id="builtin"
        isChosen={chosen.kind === "builtin"}
        title={said.builtin}
        hint={said.builtinHint}
        take={() => choose({ kind: "builtin" })}
      />
      <Card
        id="files"
        isChosen={chosen.kind === "files" && !isFetched}
        title={said.own}
        hint={said.ownHint}
        take={() => document.getElementById("weights")?.click()}
      >
        <FileButton
          id="weights"
          label={said.chooseFiles}
          take={(files) => files.length > 0 && chooseWeights(files.map(({ file }) => file))}
        />
        {chosen.kind === "files" && !isFetched && (
          <span class="pill" title={chosen.name}>
            {chosen.name} · {said.files(chosen.files.length)}
          </span>
        )}
      </Card>
      <Card
        id="fetched"
        isChosen={isFetched}
        title={said.byName}
        hint={said.byNameHint}
        take={() => document.getElementById("weights-from")?.focus()}
      >
        <FetchWeights chosen={chosen} />
      </Card>
      <Trained chosen={chosen} runs={runs} />
    </div>
  );
}

/** What earlier runs came to; nothing where there is none. */
function Trained({ chosen, runs }: { chosen: NetworkChoice; runs: readonly Run[] }) {
  const said = text();
  const choices = runs.flatMap(({ id, result }, i) =>
    result ? [{ kind: "run", run: id, name: said.run(i + 1) } as const] : [],
  );
  const last = choices.at(-1);
  if (!last) return null;
  const take = (id: string) => {
    const choice = choices.find(({ run }) => run === id);
    if (choice) void choose(choice);
  };
  return (
    <Card
      id="run"
      isChosen={chosen.kind === "run"}
      title={said.trained}
      hint={said.trainedHint}
      take={() => choose(last)}
    >
      {chosen.kind === "run" && choices.length > 1 && (
        <select
          aria-label={said.trained}
          value={chosen.run}
          onChange={({ currentTarget }) => take(currentTarget.value)}
        >
          {choices.map(({ run, name }) => (
            <option key={run} value={run}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Card>
  );
}

interface CardProps {
  id: string;
  isChosen: boolean;
  title: string;
  hint: string;
  take(): unknown;
  children?: ComponentChildren;
}

function Card({ id, isChosen, title, hint, take, children }: CardProps) {
  return (
    <div class={isChosen ? "card option chosen" : "card option"}>
      <label>
        <input
          type="radio"
          name="network"
          id={`network-${id}`}
          checked={isChosen}
          onClick={({ currentTarget }) => {
            void take();
            currentTarget.checked = isChosen; // files may not be chosen in the end
          }}
        />
        <strong>{title}</strong>
      </label>
      <p class="faint">{hint}</p>
      <div class="row">{children}</div>
    </div>
  );
}
