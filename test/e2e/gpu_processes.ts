import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Browser } from "puppeteer";

/** Whether this machine tells about its processes (Linux does). */
export const tellsProcesses = existsSync("/proc/self/status");

/** Ends a browser's GPU processes as a crash of the driver would. @returns their number. */
export function crashGpu(browser: Browser): number {
  const main = browser.process()!.pid;
  const found = gpuProcesses((pid) => pid === main);
  for (const pid of found) process.kill(pid, "SIGKILL");
  return found.length;
}

function about(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}

/** What a process was started with, empty where it has ended. Chromium's write it over, so there is no telling words apart. */
export const commandLine = (pid: number): string => about(pid, "cmdline");

/** By number: children of a browser's main process or of a helper of it. */
export function gpuProcesses(isMain: (pid: number) => boolean): number[] {
  const parentOf = (pid: number) => Number(/^PPid:\s*(\d+)/m.exec(about(pid, "status"))?.[1] ?? 0);
  const isOurs = (pid: number): boolean => isMain(pid) || (pid > 1 && isOurs(parentOf(pid)));
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  return all.filter((pid) => commandLine(pid).includes("--type=gpu-process") && isOurs(pid));
}
