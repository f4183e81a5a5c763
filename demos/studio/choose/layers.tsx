import { Scroller } from "../../shared/index.ts";
import { bytes, count, short } from "../format.ts";
import { changeSettings } from "../project/edit.ts";
import type { StudioSettings, TrainChoice } from "../project/types.ts";
import { studio } from "../studio.ts";
import type { LayerFacts, NetworkFacts } from "../worker/messages.ts";
import {
  cutOf,
  isTrained,
  layerBytes,
  toggled,
  trainableLayers,
  trainedParameters,
  withCut,
} from "./layer_choice.ts";
import { text } from "./texts.ts";

const change = (changes: Partial<StudioSettings>) =>
  studio.edit((project) => changeSettings(project, changes));

/** The network's layers, and which of them are trained: by a click each, or by the cut that is dragged. */
export function Layers({ facts, settings }: { facts: NetworkFacts; settings: StudioSettings }) {
  const said = text();
  const { train, cut, batchSize } = settings;
  const layers = trainableLayers(facts);
  if (!facts.isWhole) return <p class="faint">{said.noLayers}</p>;
  const set = (choice: TrainChoice) => change({ train: choice });
  const place = cutOf(layers, train);
  const memory = layerBytes(facts.layers, train, batchSize);
  const trained = count(trainedParameters(facts.layers, train));
  const all = count(facts.layers.reduce((sum, { parameters }) => sum + parameters, 0));
  return (
    <div class="card stack">
      <label class="stack tight">
        <span>
          {said.cutAt} <strong>{layers[place]?.name ?? said.nothing}</strong>
        </span>
        <input
          id="cut"
          type="range"
          min={0}
          max={layers.length}
          value={place}
          aria-valuetext={layers[place]?.name ?? said.nothing}
          onInput={({ currentTarget }) => set(withCut(layers, Number(currentTarget.value)))}
        />
        <span class="faint">{said.share(trained, all)}</span>
      </label>
      <label class="row">
        {said.features}
        <select
          id="features-end"
          value={cut ?? ""}
          onChange={({ currentTarget }) => change({ cut: currentTarget.value || null })}
        >
          <option value="">{said.whole}</option>
          {layers.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <Scroller class="layer-list" label={said.layer}>
        <table class="layers">
          <thead>
            <tr>
              <th scope="col">{said.train}</th>
              <th scope="col">{said.layer}</th>
              <th scope="col">{said.kind}</th>
              <th scope="col">{said.shape}</th>
              <th scope="col" class="number">
                {said.count}
              </th>
              <th scope="col" class="number">
                {said.layerFlops}
              </th>
              <th scope="col" class="number">
                {said.layerMemory}
              </th>
            </tr>
          </thead>
          <tbody>
            {facts.layers.map((layer, i) => (
              <LayerRow
                key={layer.name}
                layer={layer}
                memory={memory[i]}
                train={train}
                toggle={() => set(toggled(layers, train, layer.name))}
              />
            ))}
          </tbody>
        </table>
      </Scroller>
      <p class="faint">{said.layerMemoryHint(batchSize)}</p>
    </div>
  );
}

interface LayerRowProps {
  layer: LayerFacts;
  /** Bytes. */
  memory: number;
  train: TrainChoice;
  toggle(): void;
}

function LayerRow({ layer, memory, train, toggle }: LayerRowProps) {
  const said = text();
  const { name, kind, shape, parameters, flops, isHead } = layer;
  const trained = parameters > 0 && isTrained(layer, train);
  return (
    <tr class={trained ? "trained" : undefined}>
      <td>
        {parameters > 0 && (
          <input
            type="checkbox"
            aria-label={said.trainLayer(name)}
            checked={trained}
            disabled={isHead}
            onChange={toggle}
          />
        )}
      </td>
      <td>
        <code>{name}</code> {isHead && <span class="pill">{said.isHead}</span>}
      </td>
      <td class="faint">{kind}</td>
      <td class="faint">{shape?.join(" × ") ?? "–"}</td>
      <td class="number">{parameters > 0 ? count(parameters) : ""}</td>
      <td class="number">{flops > 0 ? short(flops) : ""}</td>
      <td class="number">{memory > 0 ? bytes(memory) : ""}</td>
    </tr>
  );
}
