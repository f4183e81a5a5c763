import type { Page } from "puppeteer";

/** Makes the window so wide, and waits until the page, whose charts follow a frame later, is no wider. @throws Error when it stays wider. */
export async function narrowTo(page: Page, width: number): Promise<void> {
  await page.setViewport({ width, height: 800 });
  const fits = (wanted: number) => document.documentElement.scrollWidth === wanted;
  await page.waitForFunction(fits, { timeout: 20_000 }, width);
}
