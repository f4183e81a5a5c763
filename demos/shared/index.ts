/** What all pages share: texts in two languages, colours, the frame around a page, charts. */
export { type Curve, LineChart, type LineChartProps } from "./chart.tsx";
export { defineTexts, type Language, language } from "./language.ts";
export { announce } from "./live.tsx";
export { startPage } from "./page.tsx";
export { Scroller } from "./scroller.tsx";
export { clearSheet, Sheet, type SheetProps } from "./sheet.tsx";
export { Shell, type ShellProps } from "./shell.tsx";
export { Table, type TableProps } from "./table.tsx";
export { isDark } from "./theme.ts";
export { NoWebGpu, webGpuProblem } from "./web_gpu.tsx";
