import { median } from "../report/statistics.ts";
import { fmaShader } from "./fma.ts";
import { compilePipeline, type Probe } from "./shader.ts";

const EMPTY = `
@group(0) @binding(0) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(1)
fn main() {
  out[0] = 1.0;
}`;

/** Seconds of one tiny dispatch among many in a pass, and of one alone until it is known to be done. */
export async function measureDispatch(
  probe: Probe,
  runs: number,
): Promise<{ dispatch: number; submit: number }> {
  const prepared = await probe.prepare(EMPTY, [4]);
  await prepared.time(1, 100);
  const many: number[] = [];
  const single: number[] = [];
  for (let i = 0; i < runs; i++) {
    many.push(await prepared.time(1, 1000));
    for (let j = 0; j < 5; j++) single.push(await prepared.time(1, 1));
  }
  prepared.destroy();
  const submit = median(single);
  return { dispatch: Math.max(0, median(many) - submit) / 999, submit };
}

/** Seconds to compile one pipeline alone, and each of eight at once. No two are alike, so that no cache helps. */
export async function measureCompile(
  probe: Probe,
  runs: number,
): Promise<{ alone: number; together: number }> {
  let next = 0;
  const fresh = () => {
    const unique = `${Date.now() % 1_000_000_000}${next++}`;
    const code = fmaShader("vec4f", 16, true).replace("0.001", `0.001${unique}`);
    return compilePipeline(probe.device, code);
  };
  const alone: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await fresh();
    alone.push((performance.now() - start) / 1000);
  }
  const start = performance.now();
  await Promise.all(Array.from({ length: 8 }, fresh));
  return { alone: median(alone), together: (performance.now() - start) / 8000 };
}
