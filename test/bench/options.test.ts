import { describe, expect, it } from "vitest";
import { parseOptions } from "../../bench/options.ts";
import { findWorkload, workloads } from "../../bench/workloads/index.ts";

describe("parseOptions", () => {
  it("measures all in Chromium with peers unless told otherwise", () => {
    expect(parseOptions([])).toMatchObject({
      size: "full",
      places: ["chromium"],
      adapter: "system",
      peers: ["jax", "tfjs"],
      rows: null,
      seconds: null,
    });
  });

  it("--quick has a limit of time and shows both places", () => {
    const { size, places, seconds } = parseOptions(["--quick"]);
    expect([size, places]).toEqual(["quick", ["chromium", "node"]]);
    expect(seconds).toBeLessThan(180);
  });

  it("--node takes peers only when they are named", () => {
    expect(parseOptions(["--node"])).toMatchObject({ places: ["node"], peers: [] });
    expect(parseOptions(["--node", "--peers", "jax"]).peers).toEqual(["jax"]);
    expect(parseOptions(["--peers", "none"]).peers).toEqual([]);
  });

  it("--compiler compiles kernels in place of timing them", () => {
    expect(parseOptions([]).compiler).toBe(false);
    expect(parseOptions(["--compiler", "--rows", "vgg16"])).toMatchObject({
      compiler: true,
      rows: /vgg16/,
    });
  });

  it.each([
    [["--peers", "jax,torch"], /--peers: there is no torch; use some of tfjs, tfjs-wasm, jax/],
    [["--adapter", "mine"], /--adapter is "mine": use system or swiftshader/],
    [["--rows", "("], /--rows: "\(" is not a regular expression/],
    [["--fast"], /Unknown option '--fast'/],
    [["more"], /Unexpected argument 'more'/],
  ])("refuses %j", (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});

describe("workloads", () => {
  it.each(["smoke", "quick", "full"] as const)("of a %s run have different ids", (size) => {
    const ids = workloads(size).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(5);
  });

  it("a full run has the rows that were promised", () => {
    const ids = workloads("full").map(({ id }) => id);
    const promised = ["matmul/512", "matmul/1024", "train/cnn/32/batch8/all"];
    for (const trained of ["head", "lastBlock", "all"]) {
      promised.push(`train/vgg16/32/batch8/${trained}`, `train/vgg16/32/batch32/${trained}`);
      promised.push(`cold/vgg16/32/batch8/${trained}`);
    }
    promised.push("conv/32/64-64/batch8/forward", "conv/2/512-512/batch8/weight");
    promised.push("conv/224/64-64/batch1/input", "scaling/vgg16/32/batch64/all");
    expect(ids).toEqual(expect.arrayContaining(promised));
    // 9 distinct convolutions; the first needs no input gradient.
    expect(ids.filter((id) => /^conv\/.*batch8/.test(id))).toHaveLength(26);
  });

  it("an unknown one is named", () => {
    expect(() => findWorkload("quick", "matmul/7")).toThrow("no workload matmul/7 in a quick run");
  });
});
