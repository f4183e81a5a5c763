import { describe, expect, it } from "vitest";
import { planMemory, type Storage } from "../../src/gpu/index.ts";
import type { Lifetime } from "../../src/gpu/replay/memory_plan.ts";
import type { RecordedLaunch } from "../../src/gpu/replay/recorder.ts";

/** Only the size matters to the plan. */
function lifetime(bytes: number, first: number, last: number): Lifetime {
  return { storage: { bytes } as Storage, first, last };
}

type Slots = ReturnType<typeof planMemory>;

/** No two tenants of a slot may want the same bytes at the same launch. */
function overlaps(slots: Slots): boolean {
  return slots.some(({ tenants }) =>
    tenants.some((a, i) =>
      tenants.some(
        (b, j) =>
          i < j &&
          a.first <= b.last &&
          b.first <= a.last &&
          a.offset < b.offset + b.storage.bytes &&
          b.offset < a.offset + a.storage.bytes,
      ),
    ),
  );
}

const total = (slots: Slots) => slots.reduce((sum, { bytes }) => sum + bytes, 0);

describe("planMemory", () => {
  it("shares a slot between storages that are never alive together", () => {
    const slots = planMemory([lifetime(100, 0, 1), lifetime(80, 2, 3), lifetime(100, 4, 5)]);
    expect(slots.map(({ bytes }) => bytes)).toEqual([256]);
  });

  it("keeps a launch's input and output apart", () => {
    const slots = planMemory([lifetime(100, 0, 1), lifetime(100, 1, 2)]);
    expect(slots).toHaveLength(2);
  });

  it("gives results that outlive the step a slot of their own", () => {
    const slots = planMemory([lifetime(4, 5, Number.POSITIVE_INFINITY), lifetime(4, 0, 1)]);
    expect(slots).toHaveLength(2);
  });

  it("never overlaps and stays near the peak for a chain of activations", () => {
    let state = 1;
    const random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const lifetimes = Array.from({ length: 200 }, (_, i) =>
      lifetime(1 + Math.floor(random() * 100_000), i, i + Math.floor(random() * 20)),
    );
    const slots = planMemory(lifetimes);
    expect(overlaps(slots)).toBe(false);
    const planned = total(slots);
    const peak = Math.max(
      ...lifetimes.map(({ first }) =>
        lifetimes
          .filter((l) => l.first <= first && first <= l.last)
          .reduce((s, l) => s + l.storage.bytes, 0),
      ),
    );
    expect(planned).toBeLessThan(1.3 * peak);
  });

  it("puts small ones side by side into a large slot that is free", () => {
    const parts = [0, 1, 2, 3].map(() => lifetime(256, 2, 5));
    const slots = planMemory([lifetime(1024, 0, 1), ...parts]);
    expect(total(slots)).toBe(1024);
    expect(overlaps(slots)).toBe(false);
  });

  it("keeps what a launch reads and what it writes in different buffers", () => {
    const [large, read, other, written] = [
      lifetime(1024, 0, 1),
      lifetime(256, 2, 5),
      lifetime(256, 2, 5),
      lifetime(256, 3, 6),
    ];
    const bindings = [
      { name: "x", binding: 0, access: "read" as const },
      { name: "y", binding: 1, access: "read" as const },
      { name: "out", binding: 2, access: "read_write" as const },
    ];
    const launch: RecordedLaunch = {
      kernel: { name: "test", key: "test", source: "", files: [], bindings, params: null },
      storages: [read, other, written].map(({ storage }) => storage),
      params: {},
      groups: [1, 1, 1],
    };
    const slots = planMemory([large, read, other, written], [launch]);
    const slotOf = ({ storage }: Lifetime) =>
      slots.find(({ tenants }) => tenants.some((tenant) => tenant.storage === storage));
    expect(slotOf(read)).toBe(slotOf(other));
    expect(slotOf(written)).not.toBe(slotOf(read));
  });
});
