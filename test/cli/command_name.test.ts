// How messages call the command: what they propose can be typed as it stands. (In an installed package: test/package/.)
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { commandName } from "../../src/cli/paths.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "graft-name-"));
  vi.stubEnv("npm_lifecycle_event", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A folder on the PATH that holds the command. */
function install(...parts: string[]): void {
  const at = join(folder, ...parts);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, "graft"), "");
  vi.stubEnv("PATH", [at, folder].join(delimiter));
}

it("in a clone is npm start, also where npm puts the clone's own programs on the PATH", () => {
  vi.stubEnv("PATH", folder);
  expect(commandName()).toBe("npm start --");
  install("node_modules", ".bin");
  expect(commandName()).toBe("npm start --");
});

it("is its own name where it is on the PATH, and npm start where it was started so", () => {
  install("bin");
  expect(commandName()).toBe("graft");
  vi.stubEnv("npm_lifecycle_event", "start");
  expect(commandName()).toBe("npm start --");
});
