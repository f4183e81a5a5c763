/** Both languages of the pages say the same things. That no key is missing, the compiler sees. */
import { describe, expect, it } from "vitest";
import { filesBelow, repository } from "../import_graph.ts";

const files = filesBelow("demos", ["texts.ts"]);

/** The tables that a file of texts exports. */
async function tablesIn(file: string): Promise<Record<string, Record<string, unknown>>[]> {
  const exported = Object.values(await import(`${repository}${file}`)) as { tables?: object }[];
  return exported.flatMap(({ tables }) =>
    tables ? [tables as Record<string, Record<string, unknown>>] : [],
  );
}

describe.each(files)("%s", (file) => {
  it("has every text in English and in Chinese", async () => {
    const found = await tablesIn(file);
    expect(found.length).toBeGreaterThan(0);
    for (const { en, zh } of found) {
      expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
      for (const [key, text] of Object.entries(zh)) {
        expect(typeof text, key).toBe(typeof en[key]);
        if (typeof text !== "string") continue;
        expect(text.trim(), key).not.toBe("");
        // What is written with Latin letters alone is a name, and short.
        const translated = /\p{Script=Han}/u.test(text) || text === en[key] || text.length < 16;
        expect(translated, `${key}: ${text}`).toBe(true);
        if (text === en[key]) expect(text.length, `${key} isn't translated`).toBeLessThan(24);
      }
    }
  });
});
