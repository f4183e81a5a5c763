import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goalsOf } from "../../bench/report/goals.ts";
import { plotsOf } from "../../bench/report/plots.ts";
import { ratioTo, shareOfCeiling, summarizePeer } from "../../bench/report/ratios.ts";
import { summarize } from "../../bench/report/statistics.ts";
import { alignColumns, runText } from "../../bench/report/table.ts";
import { vggConvolutions } from "../../bench/report/vgg_convolutions.ts";
import { resultsFolder, runName, writeRun } from "../../bench/report/write.ts";
import type { EngineResult, Row, Run } from "../../bench/types.ts";
import { VGG16_CONVOLUTIONS } from "../../bench/vgg16.ts";

const timed = (engine: string, seconds: number): EngineResult => {
  return { engine, timing: summarize([seconds]) };
};

const matmul: Row = {
  id: "matmul/512",
  group: "matmul",
  title: "matmul 512³",
  flops: 2e9,
  bytes: 1e7,
  results: [timed("graft", 0.5), timed("jax", 1), { engine: "tfjs", error: "no <b>device</b>" }],
};

const scaling = (batch: number, stepSeconds: number): Row => {
  const measures = { stepSeconds, peakBytes: 1e6 * batch, imagesPerSecond: batch / stepSeconds };
  return {
    id: `scaling/vgg16/32/batch${batch}/all`,
    group: "scaling",
    title: `batch ${batch}`,
    results: [{ engine: "graft", measures }],
  };
};

const run: Run = {
  place: "chromium",
  date: "2026-01-02T03:04:05.000Z",
  commit: "abc1234",
  size: "full",
  complete: true,
  seconds: 12,
  machine: { cpu: "a processor", cores: 2, memoryBytes: 8e9, system: "linux", node: "v20" },
  adapter: {
    vendor: "google",
    architecture: "swiftshader",
    device: "",
    description: "",
    features: [],
  },
  engines: {
    graft: { label: "Graft", version: "0.1.0", downloadBytes: 90_000 },
    jax: { label: "jax-js (WebGPU)", version: "0.1.25" },
    tfjs: { label: "TensorFlow.js (WebGPU)", version: "4.22.0" },
  },
  ceiling: {
    flopsPerSecond: 1e10,
    bytesPerSecond: 2e9,
    dispatchSeconds: 1e-5,
    submitSeconds: 1e-4,
    compileSeconds: 0.01,
    probes: {},
  },
  rows: [matmul, scaling(1, 0.1), scaling(2, 0.2), scaling(4, 0.4)],
  problems: ["</script><script>alert(1)</script>"],
};

describe("ratios", () => {
  it("compare medians; a failure has none", () => {
    expect(ratioTo(matmul, "jax")).toBe(2);
    expect(ratioTo(matmul, "tfjs")).toBeNull();
    expect(ratioTo(matmul, "unknown")).toBeNull();
    expect(shareOfCeiling(run, matmul, "graft")).toBeCloseTo(0.4, 12);
    // The machine may have become faster since.
    expect(shareOfCeiling(run, { ...matmul, peakFlops: 2e10 }, "graft")).toBeCloseTo(0.2, 12);
    expect(shareOfCeiling(run, { ...matmul, peakFlops: 5e9 }, "graft")).toBeCloseTo(0.4, 12);
  });

  it("are summarised with the row that is worst", () => {
    const slow: Row = { ...matmul, title: "slow", results: [timed("graft", 2), timed("jax", 1)] };
    expect(summarizePeer([matmul, slow], "jax")).toEqual({
      peer: "jax",
      rows: 2,
      mean: 1,
      least: 0.5,
      leastRow: "slow",
    });
    expect(summarizePeer([matmul], "tfjs")).toBeNull();
  });
});

describe("goals", () => {
  it("are those the run says something about", () => {
    const goals = goalsOf(run);
    const of = (pattern: RegExp) => goals.filter(({ text }) => pattern.test(text));
    expect(of(/jax/)).toMatchObject([
      { text: "matmul 512³, 1.50× jax", found: "2.00×", met: true },
    ]);
    expect(of(/tfjs/)).toEqual([]);
    expect(of(/linear in the batch/)).toMatchObject([{ found: "exponent 1.00", met: true }]);
    expect(of(/download/)).toMatchObject([{ met: false }]);
  });
});

describe("VGG-16's convolutions", () => {
  const rows = VGG16_CONVOLUTIONS.map(({ channels, outChannels, halvings, count }): Row => {
    const id = `conv/${32 >> halvings}/${channels}-${outChannels}/batch8/forward`;
    // Two seconds at the peak in one, or three where the network has several such layers.
    const results = [timed("graft", count > 1 ? 3 : 1)];
    return { id, group: "conv", title: id, flops: 2e10, results };
  });

  it("count as often as the network has them", () => {
    const once = { atPeak: 2, taken: 1 };
    const layers = { single: 6, several: 7 };
    const share = (13 * once.atPeak) / (layers.single * once.taken + layers.several * 3);
    const [found, ...others] = vggConvolutions({ ...run, rows });
    expect(found).toEqual({ input: 32, pass: "forward", share: expect.closeTo(share, 12) });
    expect(others).toEqual([]);
  });

  it("say nothing where one is missing", () => {
    expect(vggConvolutions({ ...run, rows: rows.slice(1) })).toEqual([]);
  });
});

describe("plots", () => {
  it("hold the roof, its kernels and the curves", () => {
    const plots = plotsOf(run);
    const titles = plots.map(({ title }) => title);
    expect(titles).toEqual([
      "Kernels under the roof",
      "Step time by batch size",
      "Images per second",
      "Peak memory by batch size",
    ]);
    const [roof, kernels] = plots[0].series;
    expect(kernels.points).toEqual([{ x: 200, y: 4, label: "matmul 512³" }]);
    expect(roof.points.map(({ x, y }) => [x, y])).toEqual([
      [5, 10],
      [100, 10],
      [400, 10],
    ]);
    expect(plots[1].series[0].points.map(({ x, y }) => [x, y])).toEqual([
      [1, 0.1],
      [2, 0.2],
      [4, 0.4],
    ]);
  });
});

describe("the table", () => {
  it("lines columns up", () => {
    expect(
      alignColumns([
        ["a", "1"],
        ["long", "10"],
      ]),
    ).toEqual(["a      1", "long  10"]);
  });

  it("shows every row, ratio and failure", () => {
    const text = runText(run);
    expect(text).toMatch(
      /matmul 512³ +500 ms +500 ms +4\.00 GFLOP\/s +40\.0 % +1\.00 s +2\.00× +failed/,
    );
    expect(text).toContain("tfjs, matmul 512³: no <b>device</b>");
    expect(text).toContain("step 200 ms, peak memory 2.00 MB, images per second 10.0");
    expect(text).toContain("2.00× in the geometric mean of 1 rows");
  });
});

describe("files", () => {
  it("are named after place and adapter", () => {
    expect(runName(run)).toBe("chromium-google-swiftshader");
    const description = "llvmpipe: Mesa 25.0.7 (LLVM 15)";
    const adapter = { ...run.adapter, vendor: "mesa", architecture: "software", description };
    expect(runName({ place: "node", adapter })).toBe("node-lavapipe");
  });

  it("only a whole run may replace the kept results", () => {
    expect(resultsFolder({ out: null }, run)).toMatch(/bench.results$/);
    expect(resultsFolder({ out: null }, { ...run, complete: false })).toMatch(/out.bench$/);
    expect(resultsFolder({ out: null }, { ...run, size: "quick" })).toMatch(/out.bench$/);
    expect(resultsFolder({ out: "there" }, run)).toBe("there");
  });

  it("hold everything, and nothing in the page that ends its script", async () => {
    const folder = await mkdtemp(join(tmpdir(), "graft-report-"));
    try {
      const [json, html] = await writeRun(run, folder);
      expect(JSON.parse(await readFile(json, "utf8"))).toEqual(run);
      const page = await readFile(html, "utf8");
      expect(page).toContain("no &lt;b&gt;device&lt;/b&gt;");
      expect(page).not.toContain("<script>alert");
      expect(page).not.toMatch(/src="|href="http/);
      expect(page.match(/<\/script>/g)).toHaveLength(2);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
