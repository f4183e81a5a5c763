import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Browser } from "puppeteer";

/** Whether this machine tells about its processes (Linux does). */
export const tellsProcesses = existsSync("/proc/self/status");

/** Ends a browser's GPU processes as a crash of the driver would. @returns their number. */
export function crashGpu(browser: Browser): number {
  const found = gpuProcesses(browser);
  for (const pid of found) process.kill(pid, "SIGKILL");
  return found.length;
}

/** By number: children of the browser's main process or of a helper of it. */
function gpuProcesses(browser: Browser): number[] {
  const about = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "utf8");
    } catch {
      return ""; // it has ended meanwhile
    }
  };
  const parentOf = (pid: string) => /^PPid:\s*(\d+)/m.exec(about(pid, "status"))?.[1] ?? "0";
  const main = String(browser.process()!.pid);
  const isOurs = (pid: string): boolean =>
    pid === main || (Number(pid) > 1 && isOurs(parentOf(pid)));
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all
    .filter((pid) => about(pid, "cmdline").includes("--type=gpu-process") && isOurs(pid))
    .map(Number);
}
