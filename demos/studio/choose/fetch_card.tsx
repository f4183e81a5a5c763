import { bytes } from "../format.ts";
import { inWords } from "../library/translate.ts";
import type { NetworkChoice } from "../project/types.ts";
import {
  cancelFetch,
  fetching,
  fetchWeights,
  listPublished,
  problem,
  published,
} from "./fetching.ts";
import { text } from "./texts.ts";

/** Asks for weights by name or address, and shows how their download goes. */
export function FetchWeights({ chosen }: { chosen: NetworkChoice }) {
  const said = text();
  const now = fetching.value;
  const wrong = problem.value;
  return (
    <form
      class="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        const { value } = event.currentTarget.elements.namedItem("from") as HTMLInputElement;
        void fetchWeights(value);
      }}
    >
      <div class="row">
        <input
          id="weights-from"
          name="from"
          type="text"
          list="published"
          required
          autocomplete="off"
          spellcheck={false}
          placeholder="squeezenet1_1"
          aria-label={said.nameOrAddress}
          aria-describedby="only-weights"
          defaultValue={chosen.kind === "files" ? chosen.from : undefined}
          onFocus={() => void listPublished().catch(() => {})}
        />
        <datalist id="published">
          {published.value.map(({ name, bytes: size, licence }) => (
            <option key={name} value={name} label={`${name}, ${bytes(size)}, ${licence}`} />
          ))}
        </datalist>
        <button type="submit" id="fetch-weights" disabled={now !== null}>
          {said.fetch}
        </button>
      </div>
      {now && (
        <div class="row" id="fetching">
          <progress
            aria-label={said.fetchingFrom(now.from)}
            max={now.total || undefined}
            value={now.total ? now.done : undefined}
          />
          <span class="faint">{said.fetched(bytes(now.done), now.total && bytes(now.total))}</span>
          <button type="button" class="plain" id="cancel-fetch" onClick={cancelFetch}>
            {said.cancel}
          </button>
        </div>
      )}
      {wrong && (
        <p class="notice bad" role="alert" id="fetch-problem">
          {said[wrong.kind](wrong.kind === "notWeights" ? inWords(wrong.why) : wrong.why)}
        </p>
      )}
      <span class="faint" id="only-weights">
        {said.onlyWeights}
      </span>
    </form>
  );
}
