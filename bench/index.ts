/** The bench for a page of the site: the suite with Graft alone, and what its numbers mean. Nothing of Node. */
export { createEngine } from "./engines/graft.ts";
export { byteRate, bytes, count, flopRate, percent, seconds } from "./report/format.ts";
export { rooflinePlot } from "./report/plots.ts";
export { rateOf, resultOf, shareOfCeiling } from "./report/ratios.ts";
export { errorText, type Message, type SuiteRequest } from "./run/messages.ts";
export { runSuite } from "./run/suite.ts";
export type { Adapter, Ceiling, Row, Size } from "./types.ts";
export { workloads } from "./workloads/index.ts";
