import {
  flopRate,
  percent,
  type Row,
  rateOf,
  resultOf,
  rooflinePlot,
  seconds,
  shareOfCeiling,
} from "../../bench/index.ts";
import { LineChart, Table } from "../shared/index.ts";
import * as state from "./state.ts";
import { text, titleIn } from "./texts.ts";

const COLOURS = ["--faint", "--green", "--blue", "--amber", "--violet", "--red"];

/** Numbers on an axis of powers of ten. */
const short = (value: number) => String(Number(value.toPrecision(3)));

/** Each row by its operations per byte, under what the adapter reaches at best. */
export function Roofline() {
  const texts = text();
  const plot = rooflinePlot({ ceiling: state.ceiling.value, rows: state.rows.value });
  if (!plot || !state.ceiling.value) return null;
  const x = [...new Set(plot.series.flatMap(({ points }) => points.map((point) => point.x)))];
  x.sort((a, b) => a - b);
  const curves = plot.series.map(({ name, points, line }, i) => {
    const byX = new Map(points.map((point) => [point.x, point.y]));
    return {
      label: line ? texts.roof : titleIn(name),
      colour: COLOURS[i % COLOURS.length]!,
      values: x.map((at) => byX.get(at) ?? null),
      dots: !line,
    };
  });
  return (
    <section class="card stack" id="roofline">
      <h2>{texts.roofline}</h2>
      <LineChart
        title={`GFLOP/s – ${texts.intensity}`}
        {...{ x, curves, format: short, height: 300 }}
        xIsLogarithmic
        yIsLogarithmic
      />
      <p class="faint">{texts.rooflineNote}</p>
    </section>
  );
}

/** How much a larger batch brings. */
export function Throughput() {
  const points = state.rows.value.flatMap(({ id, group, results }) => {
    const rate = results[0]?.measures?.imagesPerSecond;
    const [, batch] = /batch(\d+)/.exec(id) ?? [];
    return group === "scaling" && rate && batch ? [{ batch: Number(batch), rate }] : [];
  });
  if (points.length < 2) return null;
  points.sort((a, b) => a.batch - b.batch);
  const values = points.map(({ rate }) => rate);
  return (
    <section class="card">
      <LineChart
        title={text().throughput}
        x={points.map(({ batch }) => batch)}
        curves={[{ label: "CNN 32-64-128-128", colour: "--green", values }]}
        {...{ format: short, range: [0, null], xIsLogarithmic: true }}
      />
    </section>
  );
}

/** All rows with a time: how long, how fast, how near to the best, and whether they are right. */
export function Results() {
  const texts = text();
  const rows = state.rows.value.filter(({ group }) => group !== "step" && group !== "scaling");
  if (rows.length === 0) return null;
  return (
    <section class="card stack" id="results">
      <h2>{texts.results}</h2>
      <Table
        label={texts.results}
        columns={[texts.work, texts.time, texts.rate, texts.shareOfPeak, texts.right]}
      >
        {rows.map((row) => (
          <Result key={row.id} row={row} />
        ))}
      </Table>
    </section>
  );
}

function Result({ row }: { row: Row }) {
  const texts = text();
  const result = resultOf(row, "graft");
  const rate = rateOf(row, "graft");
  const share = shareOfCeiling({ ceiling: state.ceiling.value }, row, "graft");
  const right = result?.check?.passed;
  return (
    <tr>
      <th scope="row">{titleIn(row.title)}</th>
      <td>{result?.timing ? seconds(result.timing.median) : ""}</td>
      <td>{rate === null ? "" : flopRate(rate)}</td>
      <td>
        {share !== null && (
          <span class="share">
            <meter aria-label={texts.shareOfPeak} value={share} max={1} /> {percent(share)}
          </span>
        )}
      </td>
      <td>{right ? "✓" : `${texts.wrong} ${result?.error ?? ""}`}</td>
    </tr>
  );
}

/** Which kernels a training step was made of, and where its time goes. */
export function Kernels() {
  const texts = text();
  const step = state.rows.value.find(({ group }) => group === "step");
  const profile = step?.results[0]?.profile ?? [];
  if (!step || profile.length === 0) return null;
  const total = profile.reduce((sum, entry) => sum + entry.seconds, 0);
  return (
    <section class="card stack" id="kernels">
      <h2>{texts.kernels}</h2>
      <p class="faint">
        {titleIn(step.title)}. {texts.kernelsNote}
      </p>
      <Table
        label={texts.kernels}
        columns={[texts.kernel, texts.launches, texts.time, texts.share]}
      >
        {profile.slice(0, 12).map(({ kernel, launches, seconds: time }) => (
          <tr key={kernel}>
            <th scope="row">
              <code>{kernel}</code>
            </th>
            <td>{launches}</td>
            <td>{seconds(time)}</td>
            <td>{percent(time / total)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
