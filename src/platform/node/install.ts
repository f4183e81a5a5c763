import { createRequire } from "node:module";

/** Whether `@sparticuz/chromium`, which carries a software adapter, is made for this machine. */
export const hasSoftwareBuild = process.platform === "linux" && process.arch === "x64";

/** Whether a package can be found from here. */
export function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * What to type for those of the packages that are missing. Pages do without them, and they are large (WebGPU for Node
 * 132 MB, pictures 19 MB, the software adapter 66 MB), so installing Graft doesn't bring them.
 */
export function installCommand(names: readonly string[]): string {
  return `npm install ${names.filter((name) => !isInstalled(name)).join(" ")}`;
}
