import { execFileSync } from "node:child_process";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { Machine } from "../types.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

export function describeMachine(browser?: string): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryBytes: totalmem(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    browser,
  };
}

function git(...args: string[]): string {
  const stdio = ["ignore", "pipe", "ignore"] as const;
  return execFileSync("git", args, { cwd: repository, encoding: "utf8", stdio: [...stdio] }).trim();
}

/** The commit of the sources, with "+" where they were changed since; "unknown" outside of a checkout. */
export function sourceCommit(): string {
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no", "src", "shaders") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${changed ? "+" : ""}`;
  } catch {
    return "unknown";
  }
}
