import { describe, expect, it } from "vitest";
import { type Lifetime, planMemory } from "../../src/gpu/recorder.ts";
import type { Storage } from "../../src/gpu/storage.ts";

/** Only the size matters to the plan. */
function lifetime(bytes: number, first: number, last: number): Lifetime {
  return { storage: { bytes } as Storage, first, last };
}

/** No two tenants of a slot may be alive at the same launch. */
function overlaps(slots: ReturnType<typeof planMemory>): boolean {
  return slots.some(({ tenants }) =>
    tenants.some((a, i) => tenants.some((b, j) => i < j && a.first <= b.last && b.first <= a.last)),
  );
}

describe("planMemory", () => {
  it("shares a slot between storages that are never alive together", () => {
    const slots = planMemory([lifetime(100, 0, 1), lifetime(80, 2, 3), lifetime(100, 4, 5)]);
    expect(slots.map(({ bytes }) => bytes)).toEqual([100]);
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
      lifetime(1 + Math.floor(random() * 1000), i, i + Math.floor(random() * 20)),
    );
    const slots = planMemory(lifetimes);
    expect(overlaps(slots)).toBe(false);
    const planned = slots.reduce((sum, { bytes }) => sum + bytes, 0);
    const peak = Math.max(
      ...lifetimes.map(({ first }) =>
        lifetimes
          .filter((l) => l.first <= first && first <= l.last)
          .reduce((s, l) => s + l.storage.bytes, 0),
      ),
    );
    expect(planned).toBeLessThan(1.3 * peak);
  });
});
