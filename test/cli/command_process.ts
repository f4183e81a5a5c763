import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { adapterChoice } from "../gpu_adapter.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const adapter = ["--adapter", adapterChoice() === "swiftshader" ? "software" : "system"];

/** What a process ended with, and all that it printed. */
export interface Ended {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly output: string;
}

/** `graft` as a process of its own. */
export interface CommandProcess {
  readonly child: ChildProcess;
  /** Resolves when this text was printed; rejects when the process ends without. */
  readonly printed: (text: string) => Promise<void>;
  readonly ended: Promise<Ended>;
}

/** The command line, from the sources, on the adapter of the tests. */
export function commandLine(args: readonly string[]): string[] {
  return [
    process.execPath,
    "--import",
    "./tools/register.mjs",
    "src/cli/main.ts",
    ...args,
    ...adapter,
  ];
}

/** Starts `graft` with these arguments. */
export function startCommand(args: readonly string[], env = process.env): CommandProcess {
  const [program, ...rest] = commandLine(args);
  return follow(spawn(program!, rest, { cwd: repository, env }));
}

/** The same in a shell, with its output going into another program: "head -n 3". */
export function startPiped(args: readonly string[], into: string): CommandProcess {
  const quoted = commandLine(args).map((arg) => `'${arg.replaceAll("'", "'\\''")}'`);
  const line = `set -o pipefail; ${quoted.join(" ")} | ${into}`;
  return follow(spawn("bash", ["-c", line], { cwd: repository }));
}

function follow(child: ChildProcess): CommandProcess {
  let output = "";
  const waiting: [text: string, found: () => void][] = [];
  const take = (part: Buffer) => {
    output += part;
    for (const [text, found] of waiting) if (output.includes(text)) found();
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  const ended = new Promise<Ended>((resolve) =>
    child.on("close", (code) => resolve({ code, output })),
  );
  const printed = (text: string) =>
    new Promise<void>((found, failed) => {
      waiting.push([text, found]);
      if (output.includes(text)) found();
      void ended.then(() => failed(new Error(`it never printed ${text}:\n${output}`)));
    });
  return { child, printed, ended };
}
