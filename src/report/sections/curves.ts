import type { Axis } from "../charts/axes.ts";
import { lineChart, roomFor, type Series } from "../charts/line_chart.ts";
import type { EpochReport, ReportData } from "../data.ts";
import { percent } from "../format.ts";
import { type Html, html } from "../html.ts";

/** Loss and accuracy by epoch. */
export function curves({ epochs }: ReportData): Html | null {
  if (epochs.length === 0) return null;
  const x: Axis = {
    label: "epoch",
    from: epochs.length > 1 ? 1 : 0,
    to: Math.max(2, epochs.length),
    format: String,
    whole: true,
  };
  const series = (of: (epoch: EpochReport) => number | undefined, name: string): Series => ({
    name,
    points: epochs.map((epoch) => ({ x: epoch.epoch + 1, y: of(epoch) ?? Number.NaN })),
  });
  const losses = [
    series(({ loss }) => loss, "training"),
    series(({ validation }) => validation?.loss, "validation"),
  ];
  const accuracies = [
    series(({ accuracy }) => accuracy, "training"),
    series(({ validation }) => validation?.accuracy, "validation"),
  ];
  const toLoss: Axis = { label: "loss", from: 0, to: roomFor(losses), format: String };
  const toShare: Axis = { label: "accuracy", from: 0, to: 1, format: (share) => percent(share, 0) };
  return html`<section><h2>Learning curves</h2><div class="charts">
${lineChart("Loss", x, toLoss, losses)}
${lineChart("Accuracy", x, toShare, accuracies)}
</div><p class="note">Training figures are taken while the weights move, and of varied pictures where these are varied.</p></section>`;
}
