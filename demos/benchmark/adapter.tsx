import { byteRate, bytes, count, flopRate, seconds } from "../../bench/index.ts";
import { Table } from "../shared/index.ts";
import * as state from "./state.ts";
import { text } from "./texts.ts";

/** What the adapter is called, what it offers and what that is good for, what it reaches. */
export function AdapterCard() {
  const texts = text();
  const adapter = state.adapter.value;
  if (!adapter) return null;
  const { vendor, architecture, device, description } = adapter;
  const name = [vendor, architecture, device, description].filter(Boolean).join(" · ");
  return (
    <section class="card stack" id="adapter">
      <h2>{texts.adapter}</h2>
      <p>{name || texts.unnamed}</p>
      <Chosen />
      <Best />
      <Offers features={adapter.features} />
    </section>
  );
}

function Chosen() {
  const texts = text();
  const profile = state.profile.value;
  if (!profile) return null;
  const { kind, subgroup } = profile;
  return (
    <p id="profile">
      {texts.chosenFor} {texts[kind]}. {texts.subgroupSize(subgroup.min, subgroup.max)}
    </p>
  );
}

function Best() {
  const texts = text();
  const ceiling = state.ceiling.value;
  if (!ceiling) return null;
  const figures = [
    [texts.compute, flopRate(ceiling.flopsPerSecond)],
    [texts.memory, byteRate(ceiling.bytesPerSecond)],
    [texts.dispatch, seconds(ceiling.dispatchSeconds)],
    [texts.compile, seconds(ceiling.compileSeconds)],
  ];
  return (
    <dl class="figures" id="ceiling">
      {figures.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Offers({ features }: { features: readonly string[] }) {
  const texts = text();
  const limits = state.limits.value;
  const known = [
    ["shader-f16", texts.shaderF16],
    ["subgroups", texts.subgroups],
    ["timestamp-query", texts.timestampQuery],
  ] as const;
  return (
    <Table class="offers" label={texts.adapter} columns={[texts.feature, texts.here, texts.means]}>
      {known.map(([name, meaning]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td>{features.includes(name) ? texts.yes : texts.no}</td>
          <td>{meaning}</td>
        </tr>
      ))}
      {limits &&
        state.LIMITS.map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{/Invocations/.test(name) ? count(limits[name]) : bytes(limits[name])}</td>
            <td>{texts[name]}</td>
          </tr>
        ))}
    </Table>
  );
}
