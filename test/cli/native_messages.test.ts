import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "native-messages-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A child stands for the driver: it writes to descriptor 2 without asking JavaScript. */
const DRIVER = `spawnSync("sh", ["-c", "echo warning: of the driver >&2"], { stdio: "inherit" });`;

/** Runs a program in which the driver says something and that does `body`. */
async function run(body: string) {
  const script = join(folder, "program.ts");
  await writeFile(
    script,
    `import { spawnSync } from "node:child_process";
     import { divertNativeMessages } from "${repository}src/cli/terminal/native_messages.ts";
     divertNativeMessages();
     ${DRIVER}
     ${body}`,
  );
  return printedBy(`"${script}"`);
}

/** What Node, told to run that, leaves on stderr and in logs. */
async function printedBy(
  program: string,
): Promise<{ stderr: string | undefined; code: number; logs: string[] }> {
  // Through a shell, whose pipes are pipes: those that Node makes are sockets.
  const command = `( "${process.execPath}" --import ./tools/register.mjs ${program}; echo "exit $?" >&2 ) 2>&1 >/dev/null | cat`;
  const child = spawn("sh", ["-c", command], {
    cwd: repository,
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (part) => (text += part));
  await new Promise((done) => child.on("close", done));
  const [, stderr, code] = /^(.*)exit (\d+)\n$/s.exec(text) ?? [];
  const logs = (await readdir(folder)).filter((name) => name.startsWith("graft-"));
  return { stderr, code: Number(code), logs: logs.map((name) => join(folder, name, "driver.log")) };
}

describe.runIf(existsSync("/proc/self/fd"))("messages of native libraries", () => {
  it("are kept from the terminal, which shows what the program says", async () => {
    const { stderr, code, logs } = await run(`console.error("said by the program");`);
    expect({ stderr, code, logs }).toEqual({
      stderr: "said by the program\n",
      code: 0,
      logs: [],
    });
  });

  it("are in a log that is named where the program fails", async () => {
    const { stderr, code, logs } = await run(`console.error("no device"); process.exitCode = 1;`);
    expect(code).toBe(1);
    expect(logs).toHaveLength(1);
    expect(stderr).toBe(`no device\nWhat the graphics driver said is in ${logs[0]}\n`);
    expect(await readFile(logs[0]!, "utf8")).toBe("warning: of the driver\n");
  });

  it("are kept from the terminal by the command, whose error names their log", {
    timeout: 180_000,
  }, async () => {
    const driver = join(folder, "driver.mjs");
    await writeFile(
      driver,
      `import { spawnSync } from "node:child_process";
       process.on("beforeExit", () => { ${DRIVER} });`,
    );
    const before = (await readdir(folder)).length;
    const graft = `--import "${driver}" src/cli/main.ts inspect`;
    const failed = await printedBy(`${graft} "${folder}/none.pt"`);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toMatch(
      /^error: \S+none\.pt: no such file[^\n]*\nWhat the graphics driver/,
    );
    expect(failed.stderr).not.toContain("warning: of the driver");
    const well = await printedBy(`${graft} assets/letters.safetensors --no-cost`);
    expect([well.code, well.stderr]).toEqual([0, ""]);
    expect(await readdir(folder)).toHaveLength(before + 1); // nothing is left of the second
  });

  it("don't hide an error that nobody caught", async () => {
    const { stderr, code } = await run(`throw new Error("a fault");`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Error: a fault\n +at /);
  });
});
