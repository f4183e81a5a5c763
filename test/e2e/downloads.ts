/** What a page downloads on a first visit. */
import { gzipSync } from "node:zlib";
import type { Page } from "puppeteer";

/**
 * The addresses that a page asks for from now on, filled as it asks. Its service worker, which fetches every page
 * of the site, is kept from starting.
 */
export async function collectDownloads(page: Page): Promise<Set<string>> {
  const addresses = new Set<string>();
  page.on("response", (response) => {
    if (/^https?:/.test(response.url())) addresses.add(response.url());
  });
  await page.evaluateOnNewDocument(() => {
    Reflect.deleteProperty(Navigator.prototype, "serviceWorker");
  });
  return addresses;
}

/**
 * Bytes of each address's content, compressed by gzip. They are fetched anew from here: a browser gives up the bodies of
 * answers whose page or worker ends meanwhile.
 */
export async function compressedSizes(addresses: Iterable<string>): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const address of addresses) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    const content = Buffer.from(await response.arrayBuffer());
    sizes.set(address, gzipSync(content, { level: 9 }).length);
  }
  return sizes;
}
