import { LineChart } from "../../shared/index.ts";
import { figure, percent } from "../format.ts";
import type { Run } from "../project/types.ts";
import type { Curve, TrainingNow } from "./now.ts";
import { text } from "./texts.ts";

const numbers = (length: number, each = 1) => Array.from({ length }, (_, i) => (i + 1) * each);

/** Loss and accuracy: by step while it runs, by epoch as they are kept. */
export function Curves({ run, now }: { run: Run; now: TrainingNow | null }) {
  const said = text();
  const { epochs, rates } = run;
  const epochNumbers = numbers(epochs.length);
  return (
    <>
      {rates && (
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
      )}
      {epochs.length > 0 && (
        <div class="columns" id="curves">
          <div class="card">
            <LineChart
              title={said.loss}
              x={epochNumbers}
              curves={[
                { label: said.training, colour: "--amber", values: epochs.map(({ loss }) => loss) },
                {
                  label: said.validation,
                  colour: "--green",
                  values: epochs.map(({ valLoss }) => valLoss),
                },
              ]}
              format={figure}
              range={[0, null]}
            />
          </div>
          <div class="card">
            <LineChart
              title={said.accuracy}
              x={epochNumbers}
              curves={[
                {
                  label: said.training,
                  colour: "--amber",
                  values: epochs.map(({ accuracy }) => accuracy),
                },
                {
                  label: said.validation,
                  colour: "--green",
                  values: epochs.map((epoch) => epoch.valAccuracy),
                },
              ]}
              format={percent}
              range={[0, 1]}
            />
          </div>
        </div>
      )}
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
        x={numbers(values.length, each)}
        curves={[{ label: text().training, colour: "--blue", values }]}
        format={format}
        range={range}
      />
    </div>
  );
}
