import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  capture,
  clearTuning,
  F,
  init,
  randn,
  settleTuning,
  type Tensor,
  tensor,
  tuningTable,
} from "../../src/index.ts";
import { mistyped } from "../mistyped.ts";

const wave = (shape: number[], phase = 0) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i + phase)),
    { shape },
  );

let folder: string;
const outer = process.env.GRAFT_CACHE;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "graft-tuning-"));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  process.env.GRAFT_CACHE = folder;
  await init({ tuning: "heuristic" });
  await init({ tuning: "measure" });
});
afterEach(async () => {
  await init({ tuning: "heuristic" });
  process.env.GRAFT_CACHE = outer;
  if (outer === undefined) delete process.env.GRAFT_CACHE;
});

const product = () => F.matmul(wave([120, 64]), wave([64, 84]));
const convolution = (x: Tensor, w: Tensor) => F.conv2d(x, w, null, { padding: 1 });

async function close(a: Tensor, b: Float32Array) {
  const values = await a.data();
  values.forEach((value, i) => {
    expect(Math.abs(value - b[i]!)).toBeLessThan(1e-4);
  });
}

describe('init({ tuning: "measure" })', () => {
  it("times candidates once, with the same results", async () => {
    await init({ tuning: "heuristic" });
    const expected = (await product().data()) as Float32Array;
    await init({ tuning: "measure" });
    await clearTuning();
    await close(product(), expected);
    expect(await settleTuning()).toBe(true);
    await close(product(), expected);
    expect(await settleTuning()).toBe(false);
    const [row, ...others] = tuningTable();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ operation: "matmul", shape: "120×64 · 64×84" });
    expect(row!.candidates.length).toBeGreaterThan(1);
    expect(row!.candidates[0]).toEqual({ variant: row!.variant, milliseconds: row!.milliseconds });
    expect(row!.candidates.every(({ milliseconds }) => milliseconds > 0)).toBe(true);
    expect(Math.min(...row!.candidates.map((c) => c.milliseconds))).toBe(row!.milliseconds);
  });

  it("is done by a captured step when it is compiled", async () => {
    await clearTuning();
    const [x, w] = [wave([2, 8, 12, 12]), wave([16, 8, 3, 3], 1).requiresGrad_()];
    const run = (input: Tensor) => {
      w.grad = null;
      const y = convolution(input, w);
      y.sum().backward();
      return y;
    };
    await init({ tuning: "heuristic" });
    const expected = (await run(x).data()) as Float32Array;
    const gradient = (await w.grad!.data()) as Float32Array;
    await init({ tuning: "measure" });
    const step = capture(run);
    await step.compile([x]);
    const operations = new Set(tuningTable().map(({ operation }) => operation));
    expect(operations).toEqual(new Set(["matmul", "conv2d forward", "conv2d weight"]));
    const measured = tuningTable().length;
    await close(step(x), expected);
    const got = await w.grad!.data();
    gradient.forEach((value, i) => {
      expect(Math.abs(value - got[i]!)).toBeLessThan(1e-2);
    });
    await step.compile([x]);
    expect(tuningTable()).toHaveLength(measured);
    step.dispose();
  });

  it("is stored, and used by the next process", async () => {
    await clearTuning();
    product();
    await settleTuning();
    const here = tuningTable();
    expect(here.length).toBeGreaterThan(0);
    const root = fileURLToPath(new URL("../../", import.meta.url));
    const script = `
      import "./test/gpu_setup.ts";
      import { F, init, randn, settleTuning, tuningTable } from "./src/index.ts";
      await init({ tuning: "measure" });
      F.matmul(randn([120, 64]), randn([64, 84]));
      console.log(JSON.stringify({ measured: await settleTuning(), table: tuningTable() }));
      process.exit(0);`;
    const loader = ["--import", "./tools/register.mjs", "--input-type=module", "-e", script];
    const { stdout } = await promisify(execFile)(process.execPath, loader, { cwd: root });
    expect(JSON.parse(stdout.trim().split("\n").at(-1)!)).toEqual({ measured: false, table: here });
  });

  it("ignores a damaged cache", async () => {
    await clearTuning();
    product();
    await settleTuning();
    const tables = join(folder, "tuning");
    const [file] = await readdir(tables);
    const whole = await readFile(join(tables, file!), "utf8");
    const wrong = [
      "{",
      "[1, 2]",
      "null",
      whole.slice(0, -5),
      whole.replaceAll(/(TM|LANES|Q)=/g, "XX="),
      whole.replaceAll('"candidates"', '"c"'),
    ];
    for (const text of wrong) {
      await writeFile(join(tables, file!), text);
      await init({ tuning: "heuristic" });
      await init({ tuning: "measure" });
      expect((await product().data()).every(Number.isFinite)).toBe(true);
      expect(await settleTuning()).toBe(true);
    }
  });

  it("measures nothing otherwise, and refuses other words", async () => {
    await init({ tuning: "heuristic" });
    randn([8, 8]).matmul(randn([8, 8]));
    expect(await settleTuning()).toBe(false);
    await expect(init({ tuning: mistyped("fast") })).rejects.toThrow(/tuning is "fast"/);
  });
});
