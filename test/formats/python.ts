import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { note } from "../notes.ts";

/** `$GRAFT_PYTHON` and no other, or Debian's, then what a version manager may have put first on the path. */
const CANDIDATES = process.env.GRAFT_PYTHON
  ? [process.env.GRAFT_PYTHON]
  : ["/usr/bin/python3", "python3"];

const found = new Map<string, string | null>();

/**
 * A Python that can import `module`, or null: then tests against the real reader are to be skipped, as in
 * `describe.skipIf(!pythonWith("torch"))("… (needs Debian's python3-torch)", …)`.
 */
export function pythonWith(module: string): string | null {
  let python = found.get(module);
  if (python === undefined) {
    python = CANDIDATES.find((candidate) => canImport(candidate, module)) ?? null;
    found.set(module, python);
    if (!python) note("python", module);
  }
  return python;
}

function canImport(python: string, module: string): boolean {
  try {
    execFileSync(python, ["-c", `import ${module}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export interface PythonRun {
  /** What the script imports that may be missing. */
  readonly module: string;
  readonly script: string;
  /** Files that the script finds in its folder. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** Files that it leaves there, to be returned. */
  readonly outputs?: readonly string[];
}

/** Runs a script in a fresh folder. `printed` is its output parsed as JSON, undefined where it printed nothing. */
export function runPython(run: PythonRun): { printed: unknown; outputs: Uint8Array[] } {
  const python = pythonWith(run.module);
  if (!python) throw new Error(`no Python with ${run.module}: skip this test`);
  const folder = mkdtempSync(join(tmpdir(), "graft-python-"));
  try {
    for (const [name, bytes] of Object.entries(run.files ?? {})) {
      writeFileSync(join(folder, name), bytes);
    }
    const output = execFileSync(python, ["-c", run.script], { cwd: folder, encoding: "utf8" });
    const outputs = (run.outputs ?? []).map(
      (name) => new Uint8Array(readFileSync(join(folder, name))),
    );
    return { printed: output.trim() ? JSON.parse(output) : undefined, outputs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
