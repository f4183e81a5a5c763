// Whatever ends `graft finetune`, what it had learned is there: it goes on, and ends with the weights of a run that
// nothing disturbed, bit for bit.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterChoice } from "../gpu_adapter.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "graft-survival-"));
const at = (...parts: string[]) => join(folder, ...parts);
const adapter = ["--adapter", adapterChoice() === "swiftshader" ? "software" : "system"];
const quick = ["--quick", "--epochs", "2", "--no-compare", "--checkpoint-every", "0", "--json"];

interface Started {
  readonly child: ChildProcess;
  /** Resolves when a line with this text was printed. */
  readonly printed: (text: string) => Promise<void>;
  readonly ended: Promise<{ code: number | null; output: string }>;
}

function start(...args: string[]): Started {
  const command = ["--import", "./tools/register.mjs", "src/cli/main.ts", ...args, ...adapter];
  const child = spawn(process.execPath, command, { cwd: repository });
  let output = "";
  const waiting: [text: string, found: () => void][] = [];
  const take = (part: Buffer) => {
    output += part;
    for (const [text, found] of waiting) if (output.includes(text)) found();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, output })),
  );
  const printed = (text: string) =>
    new Promise<void>((found, failed) => {
      waiting.push([text, found]);
      void ended.then(() => failed(new Error(`it never printed ${text}:\n${output}`)));
    });
  return { child, printed, ended };
}

const save = (name: string) => at(name, "model.safetensors");
const run = (name: string) => start(...quick, "--save", save(name));
const checkpointOf = (name: string) => at(name, "model.checkpoint.safetensors");

async function goOn(name: string): Promise<void> {
  const { code, output } = await start("--resume", checkpointOf(name), "--json").ended;
  expect(code, output).toBe(0);
  expect(readFileSync(save(name)).equals(whole)).toBe(true);
  expect(existsSync(checkpointOf(name))).toBe(false);
}

let whole: Buffer;

beforeAll(async () => {
  const { code, output } = await run("whole").ended;
  expect(code, output).toBe(0);
  whole = readFileSync(save("whole"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a run that is ended", () => {
  const moments = ['"type":"adapter"', '"step":4,'];
  it.each(moments)("by kill -9 after %s goes on", async (moment) => {
    const name = `killed ${moments.indexOf(moment)}`;
    const { child, printed, ended } = run(name);
    await printed(moment);
    child.kill("SIGKILL");
    expect((await ended).code).toBeNull();
    expect(existsSync(save(name))).toBe(false);
    await goOn(name);
  });

  it("by a closed terminal saves and says where to go on", async () => {
    const { child, printed, ended } = run("hung up");
    await printed('"step":2,');
    child.kill("SIGHUP");
    const { code, output } = await ended;
    expect(code, output).toBe(130);
    expect(output).toContain('"type":"stopped"');
    await goOn("hung up");
  });
});

describe("a run whose output is closed", () => {
  it("trains to its end and saves", async () => {
    const { child, printed, ended } = run("closed");
    await printed('"step":1,');
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect((await ended).code).toBe(0);
    expect(readFileSync(save("closed")).equals(whole)).toBe(true);
  });
});
