import type { MistakePicture, ReportData } from "./data.ts";
import { Html, html } from "./html.ts";
import { calibration } from "./sections/calibration.ts";
import { classes } from "./sections/classes.ts";
import { confusion } from "./sections/confusion.ts";
import { curves } from "./sections/curves.ts";
import { mistakes } from "./sections/mistakes.ts";
import { precisionRecall } from "./sections/precision_recall.ts";
import { settings } from "./sections/settings.ts";
import { comparison, summary } from "./sections/summary.ts";
import { STYLE } from "./style.ts";

/** Nothing is fetched and nothing runs, whatever the classes and files are called. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/**
 * A report as one HTML page that needs nothing else: no script, no other file, no address.
 *
 * @param pictures of the mistakes, in their order.
 */
export function reportHtml(data: ReportData, pictures: readonly MistakePicture[]): string {
  return html`${new Html("<!doctype html>")}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${data.title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${summary(data)}
${comparison(data)}
${curves(data)}
${classes(data)}
${data.precisionRecall ? precisionRecall(data.precisionRecall) : confusion(data)}
${mistakes(data, pictures)}
${calibration(data)}
${settings(data)}
</body>
</html>
`.text;
}
