// Ways to disturb `graft finetune` at any moment, and what must hold whatever was done: it can be gone on with, loses no step
// that it said to be kept, leaves nothing else behind, and ends with the weights of a run that nothing disturbed, bit for bit.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { type CommandProcess, type Ended, startCommand, startPiped } from "./command_process.ts";

/** A run that a trial disturbs. */
export interface Trial {
  /** Of the network. */
  readonly save: string;
  /** All but --save. */
  readonly args: readonly string[];
  /** Milliseconds from its start. */
  readonly moment: number;
  /** Between 0 and 1: chooses among a disturbance's forms. */
  readonly chance: number;
}

/** Starts a run and disturbs it; says how it ended, and where its network is if it says so. */
export type Disturbance = (trial: Trial) => Promise<Ended>;

const start = ({ args, save }: Trial, env?: NodeJS.ProcessEnv) =>
  startCommand([...args, "--save", save], env);

/** Waits for the moment, or for an earlier end. */
async function reach({ moment }: Trial, { ended }: CommandProcess): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const due = new Promise<void>((resolve) => (timer = setTimeout(resolve, moment)));
  await Promise.race([due, ended]);
  clearTimeout(timer);
}

const bySignal =
  (...signals: NodeJS.Signals[]): Disturbance =>
  async (trial) => {
    const run = start(trial);
    await reach(trial, run);
    for (const signal of signals) {
      run.child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 30)); // two at once are one
    }
    return run.ended;
  };

/** The process ends at once, as with a power cut. */
export const killed = bySignal("SIGKILL");

/** A terminal is closed: the shell says so, and the system too. */
export const hungUp = bySignal("SIGHUP", "SIGHUP");

/** Whoever reads what it prints goes away; half the time that is `| head`. */
export const unheard: Disturbance = async (trial) => {
  const { args, save, chance } = trial;
  if (chance < 0.5) {
    return startPiped([...args, "--save", save], `head -n ${1 + Math.floor(20 * chance)}`).ended;
  }
  const run = start(trial);
  await reach(trial, run);
  run.child.stdout?.destroy();
  run.child.stderr?.destroy();
  return run.ended;
};

/** A small disk; null where this user may not make one. */
export function smallDisk(at: string): string | null {
  mkdirSync(at, { recursive: true });
  const made = spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", at]);
  return made.status === 0 ? at : null;
}

export function dropDisk(at: string): void {
  spawnSync("umount", ["-l", at]);
}

/**
 * The disk that the network goes to is full from the moment on: for good, until the run waits for room, or until it is
 * killed as well. The system's temporary folder may be on it, too.
 */
export const crowded: Disturbance = async (trial) => {
  const { save, chance } = trial;
  const disk = dirname(dirname(save));
  const isAlone = chance < 0.7;
  const run = start(trial, isAlone ? { ...process.env, TMPDIR: disk } : process.env);
  await reach(trial, run);
  const ballast = fill(disk);
  if (chance < 0.3) {
    await Promise.race([run.ended, new Promise((resolve) => setTimeout(resolve, 4000 * chance))]);
    run.child.kill("SIGKILL");
    await run.ended;
  } else await Promise.race([run.ended, run.printed('"type":"waiting"').catch(() => {})]);
  rmSync(ballast);
  return run.ended;
};

function fill(disk: string): string {
  const ballast = join(disk, "ballast");
  for (let size = 2 ** 20; size >= 1; size /= 4) {
    try {
      for (;;) appendFileSync(ballast, new Uint8Array(size));
    } catch {
      // No room for so much.
    }
  }
  return ballast;
}

/** How often a run is gone on with: once is enough, unless it is disturbed again. */
const MOST = 2;

/** Disturbs a run, goes on with it to its end, and compares what it saved with `whole`. */
export async function survives(
  disturb: Disturbance,
  trial: Trial,
  whole: Uint8Array,
): Promise<void> {
  const { save, args } = trial;
  const checkpoint = save.replace(".safetensors", ".checkpoint.safetensors");
  const settings = save.replace(".safetensors", ".checkpoint.json");
  let last = await disturb(trial);
  for (let i = 0; i < MOST && savedIn(last.output, save) === null; i++) {
    const kept = Math.max(0, ...numbersIn(last.output, "kept"));
    const again = existsSync(settings)
      ? ["--resume", checkpoint, "--json"]
      : [...args, "--save", save];
    last = await startCommand(again).ended;
    expect(last.code, last.output).toBe(0);
    for (const step of numbersIn(last.output, "step")) expect(step).toBeGreaterThan(kept);
  }
  const saved = savedIn(last.output, save);
  expect(saved, last.output).not.toBeNull();
  expect(readFileSync(saved!).equals(whole), last.output).toBe(true);
  const ends = ["card.md", "history.json", "labels.json", "safetensors"];
  if (saved !== save) {
    for (const end of ends) rmSync(saved!.replace(/safetensors$/, end), { force: true });
    return;
  }
  expect(readdirSync(dirname(save)).sort()).toEqual(ends.map((end) => `model.${end}`));
}

/** Where a run's network is: as it says, or where it should go if nobody could hear it. */
function savedIn(output: string, save: string): string | null {
  const event = /^\{"type":"saved","weights":"([^"]+)"/m.exec(output);
  return event?.[1] ?? (existsSync(save) ? save : null);
}

/** The steps in events of a type. */
function numbersIn(output: string, type: string): number[] {
  const events = output.matchAll(new RegExp(`^\\{"type":"${type}",.*?"step":(\\d+)`, "gm"));
  return [...events].map(([, step]) => Number(step));
}
