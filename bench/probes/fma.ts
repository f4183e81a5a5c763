import { bestTime, type Probe } from "./shader.ts";

/** Values of each type, and how many independent sums a thread keeps: enough to hide latency, few enough for registers. */
const TYPES = {
  f32: { width: 1, sums: [4, 8, 16] },
  vec4f: { width: 4, sums: [1, 2, 4] },
} as const;
const ROUNDS = 256;
const WORKGROUP = 64;
/** Seconds of one timing beside a row. */
const WINDOW = 0.1;

/** Multiply-adds on registers: nothing is read, one value a thread is written. */
export function fmaShader(type: keyof typeof TYPES, sums: number, builtin: boolean): string {
  const names = Array.from({ length: sums }, (_, i) => `s${i}`);
  const update = (s: string) => (builtin ? `${s} = fma(${s}, a, b);` : `${s} = ${s} * a + b;`);
  const total = names.join(" + ");
  return `
@group(0) @binding(0) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let a = ${type}(0.999 + f32(id.x & 1u) * 1e-6);
  let b = ${type}(0.001);
${names.map((s, i) => `  var ${s} = ${type}(f32(id.x + ${i}u) * 1e-6);`).join("\n")}
  for (var i = 0u; i < ${ROUNDS}u; i++) {
    ${names.map(update).join(" ")}
  }
  let total = ${total};
  out[id.x] = ${type === "f32" ? "total" : "total.x + total.y + total.z + total.w"};
}`;
}

interface FmaVariant {
  readonly type: keyof typeof TYPES;
  readonly sums: number;
  readonly builtin: boolean;
}

const VARIANTS: readonly FmaVariant[] = (["f32", "vec4f"] as const).flatMap((type) =>
  TYPES[type].sums.flatMap((sums) => [true, false].map((builtin) => ({ type, sums, builtin }))),
);

async function prepareFma(probe: Probe, { type, sums, builtin }: FmaVariant, groups: number) {
  const prepared = await probe.prepare(fmaShader(type, sums, builtin), [4 * WORKGROUP * groups]);
  const operations = 2 * sums * TYPES[type].width * ROUNDS * WORKGROUP * groups;
  return { ...prepared, operations };
}

export interface FmaCeiling {
  /** Operations per second by variant, a multiply-add counted as two. */
  readonly rates: Readonly<Record<string, number>>;
  /** Times the fastest variant once more: operations per second at this moment. */
  rateNow(): Promise<number>;
}

export async function measureFma(probe: Probe, groups: number, runs: number): Promise<FmaCeiling> {
  const rates: Record<string, number> = {};
  let fastest = { variant: VARIANTS[0]!, seconds: 0, rate: 0 };
  for (const variant of VARIANTS) {
    const prepared = await prepareFma(probe, variant, groups);
    const seconds = await bestTime(prepared, groups, { runs, least: 0.03 });
    prepared.destroy();
    const rate = prepared.operations / seconds;
    const { type, sums, builtin } = variant;
    rates[`${type} × ${sums}, ${builtin ? "fma()" : "a * b + c"}`] = rate;
    if (rate > fastest.rate) fastest = { variant, seconds, rate };
  }
  const again = await prepareFma(probe, fastest.variant, groups);
  const times = Math.max(1, Math.min(2000, Math.ceil(WINDOW / fastest.seconds)));
  return {
    rates,
    rateNow: async () => (again.operations * times) / (await again.time(groups, times)),
  };
}
