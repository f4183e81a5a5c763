// Whatever happens to `graft finetune`, and when: what it had learned is there, it goes on, and ends with the weights of a run
// that nothing disturbed, bit for bit. `GRAFT_MOMENTS=20` tries so many random moments of each kind.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { data } from "../../src/index.ts";
import { startCommand } from "./command_process.ts";
import {
  crowded,
  type Disturbance,
  dropDisk,
  hungUp,
  killed,
  smallDisk,
  survives,
  unheard,
} from "./disturbances.ts";

const moments = Number(process.env.GRAFT_MOMENTS ?? 1);
const seed = Number(process.env.GRAFT_MOMENTS_SEED ?? 1);
const folder = mkdtempSync(join(tmpdir(), "graft-survival-"));
const disk = smallDisk(join(folder, "disk"));
const quick = [
  ...["--quick", "--per-class", "2", "--batch-size", "8", "--epochs", "2", "--no-compare"],
  ...["--checkpoint-every", "0", "--json"],
];
/** On pictures, and on features that were computed before. */
const kinds = [quick, [...quick, "--train", "head"]].map((args) => ({
  args,
  whole: new Uint8Array(),
  milliseconds: 0,
}));

beforeAll(async () => {
  for (const [i, kind] of kinds.entries()) {
    const save = join(folder, `whole-${i}`, "model.safetensors");
    const begun = performance.now();
    const { code, output } = await startCommand([...kind.args, "--save", save]).ended;
    expect(code, output).toBe(0);
    kind.milliseconds = performance.now() - begun;
    kind.whole = readFileSync(save);
  }
});
afterAll(() => {
  if (disk) dropDisk(disk);
  rmSync(folder, { recursive: true, force: true });
});

async function tryAll(disturb: Disturbance, within: string): Promise<void> {
  const random = new data.Random(seed, 0);
  for (let i = 0; i < moments; i++) {
    const { args, whole, milliseconds } = kinds[Math.floor(kinds.length * random.float())]!;
    const moment = random.float() * milliseconds;
    const save = join(within, String(i), "model.safetensors");
    await survives(disturb, { save, args, moment, chance: random.float() }, whole);
    rmSync(join(within, String(i)), { recursive: true, force: true });
  }
}

describe("a run is gone on with", { timeout: 180_000 * moments }, () => {
  it("after kill -9", () => tryAll(killed, join(folder, "killed")));
  it("after its terminal was closed", () => tryAll(hungUp, join(folder, "hung up")));
  it("after nobody read what it prints any more", () => tryAll(unheard, join(folder, "unheard")));
  it.skipIf(!disk)("after its disk was full", () => tryAll(crowded, disk ?? ""));
});

it("a run that is hung up saves, and says where to go on", async () => {
  const save = join(folder, "stopped", "model.safetensors");
  const { child, printed, ended } = startCommand([...quick, "--save", save]);
  await printed('"step":2,');
  child.kill("SIGHUP");
  setTimeout(() => child.kill("SIGHUP"), 30); // the shell says so, and the system
  const { code, output } = await ended;
  expect(code, output).toBe(130);
  expect(output).toMatch(
    /"type":"stopped","step":\d+,"checkpoint":".*model\.checkpoint\.safetensors"/,
  );
});
