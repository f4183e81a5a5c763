// What a checkpoint's state must be before anybody relies on it. No GPU needed.
import { describe, expect, it } from "vitest";
import { decodeState, encodeState } from "../../src/train/state/checkpoint_state.ts";
import { continuedAt } from "../../src/train/state/course.ts";
import { noTotals } from "../../src/train/state/position.ts";
import type { Snapshot } from "../../src/train/state/snapshot.ts";

const model: Snapshot["model"] = new Map();
const snapshot: Snapshot = {
  model,
  loss: [],
  optimizerName: "SGD",
  optimizer: {
    groups: [{ lr: 0.1, size: 1 }],
    state: new Map([[0, { step: 7, values: new Float32Array(2) }]]),
  },
  trained: [["conv.weight", null]],
  schedule: { name: "StepLR", state: { count: 2, initial: [0.1] } },
  random: { seed: 3, draws: 5 },
  position: {
    ...{ epoch: 1, batch: 2, step: 7, epochsBegun: 1 },
    totals: { ...noTotals(), metrics: { lowest: { value: Number.POSITIVE_INFINITY } } },
  },
  course: { batchSize: 4, examples: 12, classes: ["a", "b"], shuffle: true, seed: 0 },
  history: [
    {
      ...{ epoch: 0, loss: Number.NaN, learningRate: 0.1, seconds: 1 },
      metrics: { accuracy: Number.NaN },
    },
  ],
  best: { epoch: 0, watched: "loss", value: 0.5, model },
  scaler: { scale: 65536, goodSteps: 1 },
  average: { updates: 7, values: new Map() },
};

describe("a checkpoint's state", () => {
  it("comes back as it was, NaN and infinity too", () => {
    const { optimizer, best, model: _, loss: __, average, ...same } = snapshot;
    expect(decodeState(encodeState(snapshot))).toEqual({
      ...same,
      averaged: average!.updates,
      groups: optimizer.groups,
      steps: [[0, 7]],
      best: { epoch: 0, watched: "loss", value: 0.5, isModel: true },
    });
    expect(best!.model).toBe(model);
  });

  it.each([
    ["position", { epoch: -1 }],
    ["position", null],
    ["random", { seed: 0.5, draws: 0 }],
    ["steps", [[0, -3]]],
    ["groups", "none"],
    ["trained", [[5]]],
    ["schedule", { state: {} }],
    ["course", { batchSize: 4 }],
    ["course", { batchSize: 4, examples: 12, print: { samples: [{ index: 0 }] } }],
    ["history", [1]],
    ["best", { epoch: "last" }],
    ["scaler", { scale: -1 }],
    ["averaged", -2],
    ["optimizerName", 3],
  ])("with an impossible %s is refused: %j", (name, value) => {
    const state = { ...JSON.parse(encodeState(snapshot)), [name]: value };
    expect(() => decodeState(JSON.stringify(state))).toThrow(
      new RegExp(`the checkpoint's ${name} is .*, which can't be`),
    );
  });

  it("that is none is refused", () => {
    expect(() => decodeState("{")).toThrow(/the checkpoint's state can't be read/);
    expect(() => decodeState("[]")).toThrow(/the checkpoint has no state/);
  });
});

describe("where an interrupted run goes on", () => {
  const at = (batch: number) => ({ ...snapshot.position, batch });
  const begun = snapshot.course!;
  it.each([
    [3, 4, 3],
    [2, 8, 1],
    [2, 2, 4],
    [0, 5, 0],
    [3, 5, 3], // the epoch was at its end
  ])("after %i batches of 4, in batches of %i, is batch %i", (batch, batchSize, expected) => {
    expect(continuedAt(at(batch), begun, { ...begun, batchSize })).toBe(expected);
  });
});
