import { type Curve as Line, LineChart } from "../../shared/index.ts";
import { figure, percent } from "../format.ts";
import type { RateCurve, Run } from "../project/types.ts";
import type { Curve, TrainingNow } from "./now.ts";
import { text } from "./texts.ts";

const numbers = (length: number, each = 1) => Array.from({ length }, (_, i) => (i + 1) * each);

/** Loss and accuracy: by step while it runs, by epoch as they are kept. */
export function Curves({ run, now }: { run: Run; now: TrainingNow | null }) {
  const said = text();
  return (
    <>
      {run.rates && <Rates rates={run.rates} />}
      {run.epochs.length > 0 && <ByEpoch run={run} />}
      {now && now.losses.values.length > 1 && (
        <div class="columns">
          <StepChart
            title={`${said.loss}, ${said.step1}`}
            curve={now.losses}
            format={figure}
            range={[0, null]}
          />
          <StepChart
            title={`${said.accuracy}, ${said.step1}`}
            curve={now.accuracies}
            format={percent}
            range={[0, 1]}
          />
        </div>
      )}
    </>
  );
}

function Rates({ rates }: { rates: RateCurve }) {
  const said = text();
  return (
    <div class="card">
      <LineChart
        title={said.rates}
        x={rates.rates}
        curves={[{ label: said.loss, colour: "--violet", values: rates.losses }]}
        format={figure}
        xIsLogarithmic
      />
      <p class="faint">{said.took(figure(rates.suggestion))}</p>
    </div>
  );
}

function ByEpoch({ run: { epochs, scratch } }: { run: Run }) {
  const said = text();
  const x = numbers(Math.max(epochs.length, scratch?.length ?? 0));
  const curvesOf = (training: "loss" | "accuracy", heldOut: "valLoss" | "valAccuracy"): Line[] => [
    { label: said.training, colour: "--amber", values: epochs.map((epoch) => epoch[training]) },
    { label: said.validation, colour: "--green", values: epochs.map((epoch) => epoch[heldOut]) },
    ...(scratch
      ? [{ ...scratchLine(), values: scratch.map((epoch) => epoch[heldOut]), dashed: true }]
      : []),
  ];
  const padded = (lines: readonly Line[]) =>
    lines.map((line) => ({ ...line, values: x.map((_, i) => line.values[i] ?? null) }));
  return (
    <div class="columns" id="curves">
      <div class="card">
        <LineChart
          title={said.loss}
          xIsWhole
          x={x}
          curves={padded(curvesOf("loss", "valLoss"))}
          format={figure}
          range={[0, null]}
        />
      </div>
      <div class="card">
        <LineChart
          title={said.accuracy}
          xIsWhole
          x={x}
          curves={padded(curvesOf("accuracy", "valAccuracy"))}
          format={percent}
          range={[0, 1]}
        />
      </div>
    </div>
  );
}

const scratchLine = () => ({ label: text().scratch, colour: "--blue" });

interface StepChartProps {
  title: string;
  curve: Curve;
  format(value: number): string;
  range: readonly [number, number | null];
}

function StepChart({ title, curve, format, range }: StepChartProps) {
  const { values, each } = curve;
  return (
    <div class="card">
      <LineChart
        title={title}
        xIsWhole
        x={numbers(values.length, each)}
        curves={[{ label: text().training, colour: "--blue", values }]}
        format={format}
        range={range}
      />
    </div>
  );
}
