import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** Lines that somebody who follows CONTRIBUTING writes: each behind the first line that begins with `after`. */
export type Additions = Readonly<
  Record<string, readonly (readonly [after: string, added: string])[]>
>;

/** A copy of the sources with something added to them. */
export class PatchedCopy {
  private constructor(readonly folder: string) {}

  /** @throws Error naming the file that has no such line. */
  static async with(additions: Additions): Promise<PatchedCopy> {
    const folder = await mkdtemp(join(tmpdir(), "graft-recipe-"));
    for (const part of ["src", "shaders", "tools", "assets", "package.json", "tsconfig.json"]) {
      await cp(join(repository, part), join(folder, part), { recursive: true });
    }
    await symlink(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
    for (const [file, lines] of Object.entries(additions)) {
      const path = join(folder, file);
      const text = lines.reduce(
        (before, [after, added]) => {
          const at = `\n${before}`.indexOf(`\n${after}`);
          if (at < 0) throw new Error(`${file}: no line begins with "${after}"`);
          const end = before.indexOf("\n", at) + 1;
          return before.slice(0, end) + added + before.slice(end);
        },
        await readFile(path, "utf8"),
      );
      await writeFile(path, text);
    }
    return new PatchedCopy(folder);
  }

  /** Runs `npx tsc -p .`. @throws Error with the type errors. */
  async checkTypes(): Promise<void> {
    await this.#node(join("node_modules", "typescript", "bin", "tsc"), "-p", ".");
  }

  /** Runs a TypeScript file of the copy. @returns what it printed. */
  runFile(file: string, ...args: string[]): Promise<string> {
    return this.#node("--import", "./tools/register.mjs", file, ...args);
  }

  /** Runs a script in the copy. @returns what it printed, read as JSON. */
  async runScript<T>(script: string): Promise<T> {
    await writeFile(join(this.folder, "script.ts"), script);
    return JSON.parse(await this.runFile("script.ts"));
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  async #node(...args: string[]): Promise<string> {
    try {
      const { stdout } = await run(process.execPath, args, { cwd: this.folder });
      return stdout;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      throw new Error(`${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
    }
  }
}
