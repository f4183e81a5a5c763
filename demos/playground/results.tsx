import { useEffect, useRef } from "preact/hooks";
import { LineChart, Table } from "../shared/index.ts";
import { type Samples, type Trained, WAYS } from "./messages.ts";
import * as state from "./state.ts";
import { text } from "./texts.ts";

const COLOURS = {
  parameters: "--green",
  features: "--blue",
  structure: "--amber",
  joint: "--violet",
};

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** A picture of each class, of both kinds. */
export function Pictures() {
  const texts = text();
  const found = state.samples.value;
  if (!found) return null;
  const rows: [string, Samples][] = [
    [texts.sourceShown, found.source],
    [texts.targetShown, found.target],
  ];
  return (
    <section class="card stack" id="pictures">
      {rows.map(([title, pictures]) => (
        <div key={title} class="pictures">
          <h2>{title}</h2>
          {pictures.map((pixels, digit) => (
            <Picture key={digit} pixels={pixels} label={texts.digit(digit)} />
          ))}
        </div>
      ))}
    </section>
  );
}

function Picture({ pixels, label }: { pixels: Samples[number]; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const side = Math.sqrt(pixels.length / 4);
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(new ImageData(pixels, side, side), 0, 0);
  }, [pixels]);
  return <canvas ref={canvas} width={side} height={side} role="img" aria-label={label} />;
}

/** Accuracy over epochs, a curve for each way. */
export function Curves() {
  const texts = text();
  const found = state.accuracies.value;
  if (!found.has("parameters")) return null;
  const length = Math.max(...WAYS.map((way) => found.get(way)?.length ?? 0));
  const x = Array.from({ length }, (_, epoch) => epoch);
  const curves = WAYS.map((way) => ({
    label: texts[way],
    colour: COLOURS[way],
    values: x.map((epoch) => found.get(way)?.[epoch] ?? null),
  }));
  return (
    <section class="card" id="curves">
      <LineChart
        title={texts.accuracy}
        {...{ x, curves, height: 260 }}
        format={percent}
        range={[0, 1]}
      />
    </section>
  );
}

/** What each way came to, and how far apart the domains are for it. */
export function SideBySide() {
  const texts = text();
  const found = state.accuracies.value;
  if (found.size === 0) return null;
  const all: readonly Trained[] = ["before", ...WAYS];
  return (
    <section class="card stack" id="results">
      <h2>{texts.results}</h2>
      <Table label={texts.results} columns={[texts.way, texts.first, texts.last, texts.gap]}>
        {all
          .filter((of) => found.has(of))
          .map((of) => (
            <Result key={of} of={of} values={found.get(of)!} />
          ))}
      </Table>
      <p class="faint">{texts.gapNote}</p>
    </section>
  );
}

function Result({ of, values }: { of: Trained; values: readonly number[] }) {
  const gap = state.gaps.value.get(of);
  return (
    <tr>
      <th scope="row">{text()[of]}</th>
      <td>{percent(values[0]!)}</td>
      <td>{values.length > 1 ? percent(values.at(-1)!) : ""}</td>
      <td>{gap?.toFixed(3)}</td>
    </tr>
  );
}
