/** The Chromes and Chromiums of a machine: installed ones, and the headless one inside `@sparticuz/chromium`. */
import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { bundledChromium } from "../src/platform/node/index.ts";

/** A program that may be started, and what it must find in its environment. */
export interface Candidate {
  readonly executable: string;
  /** From the npm package: headless only, without the helper that its sandbox may need. */
  readonly bundled: boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** Stands for the program inside `@sparticuz/chromium` wherever a path may be given. */
export const BUNDLED = "bundled";

const programs = [
  "google-chrome-stable",
  "google-chrome",
  "chromium",
  "chromium-browser",
  "chrome",
];

function onPath(): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const suffix = process.platform === "win32" ? ".exe" : "";
  return programs.flatMap((name) => folders.map((folder) => join(folder, name + suffix)));
}

function usualPlaces(): string[] {
  if (process.platform === "darwin") {
    const apps = ["Google Chrome", "Chromium"].map((n) => `${n}.app/Contents/MacOS/${n}`);
    return ["/Applications", join(homedir(), "Applications")].flatMap((f) =>
      apps.map((a) => join(f, a)),
    );
  }
  if (process.platform === "win32") {
    const { PROGRAMFILES, "PROGRAMFILES(X86)": x86, LOCALAPPDATA } = process.env;
    const folders = [PROGRAMFILES, x86, LOCALAPPDATA].filter((folder) => folder !== undefined);
    return folders.map((folder) => join(folder, "Google", "Chrome", "Application", "chrome.exe"));
  }
  return ["/opt/google/chrome/chrome", "/snap/bin/chromium"];
}

/** Paths of the Chromes and Chromiums on PATH and in the usual places, each once: `/bin` may be a link to `/usr/bin`. */
export function installedBrowsers(): string[] {
  const paths = [...onPath(), ...usualPlaces()].filter(existsSync);
  return [...new Map(paths.reverse().map((path) => [realpathSync(path), path])).values()].reverse();
}

/**
 * What to try to start, in this order: the program that the caller, `$CHROME_PATH` or
 * `$PUPPETEER_EXECUTABLE_PATH` names (and then no other), or the installed ones and the bundled one.
 */
export function browserPaths(executable?: string): string[] {
  const { CHROME_PATH, PUPPETEER_EXECUTABLE_PATH } = process.env;
  const chosen = executable || CHROME_PATH || PUPPETEER_EXECUTABLE_PATH;
  return chosen ? [chosen] : [...installedBrowsers(), BUNDLED];
}

/** @param path of a program, or {@link BUNDLED}, which is then unpacked. */
export async function candidate(path: string): Promise<Candidate> {
  if (path === BUNDLED) return { ...(await bundledChromium()), bundled: true };
  return { executable: path, bundled: false, env: {} };
}
