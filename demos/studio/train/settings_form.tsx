import { figure, percent } from "../format.ts";
import { changeSettings } from "../project/edit.ts";
import type { StudioSettings } from "../project/types.ts";
import { studio } from "../studio.ts";
import { text } from "./texts.ts";

const RATES = [1e-2, 5e-3, 1e-3, 5e-4, 1e-4, 1e-5];
const BATCHES = [4, 8, 16, 32, 64];
const SHARES = [0.1, 0.2, 0.25, 0.3, 0.5];

const change = (changes: Partial<StudioSettings>) =>
  studio.edit((project) => changeSettings(project, changes));

/** How the network is trained. */
export function SettingsForm({ isDisabled }: { isDisabled: boolean }) {
  const said = text();
  const { epochs, batchSize, lr, findLr, augment, compare, valSplit } =
    studio.project.value.settings;
  return (
    <fieldset class="card settings" disabled={isDisabled}>
      <legend class="unseen">{said.title}</legend>
      <label>
        {said.epochs}
        <input
          id="epochs"
          type="number"
          min={1}
          max={500}
          value={epochs}
          onChange={({ currentTarget }) => {
            const value = Math.round(Number(currentTarget.value));
            if (value >= 1 && value <= 500) change({ epochs: value });
            currentTarget.value = String(studio.project.value.settings.epochs);
          }}
        />
      </label>
      <Select
        id="batch-size"
        label={said.batchSize}
        value={batchSize}
        options={BATCHES.map((n) => [n, String(n)])}
        choose={(n) => change({ batchSize: n })}
      />
      <Select
        id="lr"
        label={said.lr}
        value={lr ?? 0}
        options={[[0, said.usual], ...withOwn(RATES, lr).map((n) => [n, figure(n)] as const)]}
        choose={(n) => change({ lr: n || null })}
      />
      <Select
        id="val-split"
        label={said.valSplit}
        value={valSplit}
        options={SHARES.map((n) => [n, percent(n)])}
        choose={(n) => change({ valSplit: n })}
      />
      <label class="check">
        <input
          type="checkbox"
          id="find-lr"
          checked={findLr && lr === null}
          disabled={lr !== null}
          onChange={({ currentTarget }) => change({ findLr: currentTarget.checked })}
        />
        {said.findLr}
      </label>
      <label class="check">
        <input
          type="checkbox"
          id="augment"
          checked={augment}
          onChange={({ currentTarget }) => change({ augment: currentTarget.checked })}
        />
        {said.augment}
      </label>
      <label class="check">
        <input
          type="checkbox"
          id="compare"
          checked={compare}
          onChange={({ currentTarget }) => change({ compare: currentTarget.checked })}
        />
        {said.compareScratch}
      </label>
    </fieldset>
  );
}

/** A rate that was found is none of the usual ones. */
const withOwn = (rates: readonly number[], own: number | null) =>
  own === null || rates.includes(own) ? rates : [own, ...rates];

interface SelectProps {
  id: string;
  label: string;
  value: number;
  options: readonly (readonly [number, string])[];
  choose(value: number): void;
}

function Select({ id, label, value, options, choose }: SelectProps) {
  return (
    <label>
      {label}
      <select
        id={id}
        value={value}
        onChange={({ currentTarget }) => choose(Number(currentTarget.value))}
      >
        {options.map(([n, shown]) => (
          <option key={n} value={n}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  );
}
