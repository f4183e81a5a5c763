/** Lists of variants: what `choose` picks, and that the kernels chosen for a device are what they should be. */
import { describe, expect, it, vi } from "vitest";
import { VariantList } from "../../src/kernels/variants/list.ts";
import { labelOf, type Variant } from "../../src/kernels/variants/variant.ts";
import { profiles } from "../profiles.ts";

type Named = Variant<number>;

const variant = (name: string, cost: number, more: Partial<Named> = {}): Named => ({
  name,
  covers: () => true,
  cost: () => cost,
  ...more,
});

function listOf(...variants: Named[]): VariantList<number, Named> {
  return new VariantList({ name: "numbers", key: String, variants });
}

describe("a list of variants", () => {
  it("gives the cheapest that covers the problem, of equal ones the first", () => {
    const small = variant("small", 1, { covers: (n) => n < 10 });
    const list = listOf(variant("a", 2), small, variant("b", 2));
    expect(labelOf(list.cheapest(5, profiles.gpu))).toBe("small");
    expect(labelOf(list.cheapest(50, profiles.gpu))).toBe("a");
    const names = list.ranked(5, profiles.gpu).map(labelOf);
    expect(names).toEqual(["small", "a", "b"]);
  });

  it("weighs a variant's settings against each other and against other variants", () => {
    const tiles = variant("tiles", 0, {
      settings: () => [
        { T: 1, swapped: false },
        { T: 8, swapped: true },
        { T: 8, swapped: false },
      ],
      cost: (n, _, { T }) => n / Number(T),
    });
    const list = listOf(variant("plain", 3), tiles);
    const ranked = (n: number) => list.ranked(n, profiles.gpu).map(labelOf);
    expect(ranked(8)).toEqual(["tiles T=8 swapped", "tiles T=8", "plain", "tiles T=1"]);
    expect(ranked(80)[0]).toBe("plain");
  });

  it("asks with the profile it is given, and remembers for each apart", () => {
    const asked: string[] = [];
    const own = variant("own", 1, {
      covers: (_, { kind }) => {
        asked.push(kind);
        return kind === "processor";
      },
    });
    const list = listOf(variant("any", 2), own);
    for (let i = 0; i < 2; i++) {
      expect(list.cheapest(1, profiles.lavapipe).variant.name).toBe("own");
      expect(list.cheapest(1, profiles.gpu).variant.name).toBe("any");
    }
    expect(asked).toEqual(["processor", "gpu"]);
  });

  it("takes more variants later, each once", () => {
    const list = listOf(variant("a", 2));
    expect(list.cheapest(1, profiles.gpu).variant.name).toBe("a");
    const later = variant("later", 1);
    list.add(later);
    list.add(later);
    expect(list.cheapest(1, profiles.gpu).variant.name).toBe("later");
    expect(list.variants).toHaveLength(2);
    list.remove(later);
    expect(list.cheapest(1, profiles.gpu).variant.name).toBe("a");
  });

  it("says so where none covers the problem", () => {
    const list = listOf(variant("even", 1, { covers: (n) => n % 2 === 0 }));
    expect(() => list.cheapest(3, profiles.gpu)).toThrow(
      "numbers: none of the kernels (even) is for this problem on a gpu",
    );
  });
});

it("kernels for processors are not in the lists until they are loaded", async () => {
  vi.resetModules(); // another file may have loaded them
  const { products } = await import("../../src/kernels/matmul/variants.ts");
  expect(products.variants.map(({ name }) => name)).toEqual(["blocked"]);
});
