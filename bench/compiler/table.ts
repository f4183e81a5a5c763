/** Compiled steps as text, for a terminal. */
import { bytes, count, percent, seconds, times } from "../report/format.ts";
import { alignColumns } from "../report/table.ts";
import type { KernelResult, StepResult } from "./result.ts";

/** Kernels shown of a step. */
const SHOWN = 12;

/** "implicit_product f32 SIDE=8 BIAS": constants that are off left out. */
function shortName(kernel: string): string {
  const [name, constants = ""] = kernel.split("|");
  const on = constants.split(/,(?=\w+=)/).filter((text) => text && !text.endsWith("=false"));
  return [name, ...on.map((text) => text.replace(/=true$|^T=/, ""))].join(" ");
}

function kernelCells(kernel: KernelResult): string[] {
  const { launches, share, registers, waves, workgroupBytes, spilled, scratchBytes } = kernel;
  const isProduct = share >= 0.2 || kernel.multiplyAdds > 0;
  return [
    `  ${shortName(kernel.kernel)}`,
    isProduct ? percent(share) : "",
    count(registers),
    count(waves),
    workgroupBytes > 0 ? bytes(workgroupBytes) : "",
    spilled + scratchBytes > 0 ? `SPILLS ${spilled}, ${bytes(scratchBytes)}` : "",
    count(launches),
    bytes(kernel.bytes),
    kernel.seconds === null ? "" : seconds(kernel.seconds),
  ];
}

function timeText({ isLeast, seconds: time }: StepResult): string {
  return (isLeast ? "≥ " : "") + seconds(time);
}

/** One step on one GPU, kernel by kernel. */
export function stepTable(result: StepResult): string[] {
  const { step, engine, gpu, launches, share } = result;
  const head = [
    "  kernel",
    "share",
    "registers",
    "waves",
    "workgroup",
    "",
    "launches",
    "bound",
    "time",
  ];
  const rest = result.kernels.length - SHOWN;
  return [
    `${gpu} · ${step} · ${engine}: ${count(launches)} launches, ${bytes(result.bytes)} bound, ` +
      `${share === null ? "" : `share ${percent(share)}, `}${timeText(result)}`,
    ...alignColumns([head, ...result.kernels.slice(0, SHOWN).map(kernelCells)]),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

/** All steps, a line each; peers beside Graft. */
export function summaryTable(results: readonly StepResult[]): string[] {
  const head = ["", "launches", "bound", "share", "time", "Graft is faster"];
  const lines = results.map((result) => {
    const own = results.find(
      ({ engine, step, gpu }) => engine === "graft" && step === result.step && gpu === result.gpu,
    );
    const isPeer = result.engine !== "graft";
    const ratio = own && isPeer ? result.seconds / own.seconds : null;
    return [
      `${result.gpu} ${result.step} ${result.engine}`,
      count(result.launches),
      bytes(result.bytes),
      result.share === null ? "" : percent(result.share),
      timeText(result),
      ratio === null ? "" : `${result.isLeast ? "≥ " : ""}${times(ratio)}`,
    ];
  });
  return alignColumns([head, ...lines]);
}
