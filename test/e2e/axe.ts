/** What axe finds wrong with a page for those who use it by keyboard or screen reader, or need contrast. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "puppeteer";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Colours change at once from here on: those on their way to others would be judged. */
export const withoutMotion = (page: Page): Promise<void> =>
  page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);

/** @returns a line for each element that breaks a rule. */
export async function violationsOf(page: Page): Promise<string[]> {
  await withoutMotion(page);
  await page.evaluate(source);
  const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 120)} ${failureSummary}`),
  );
}
