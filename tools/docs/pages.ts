/** What is done to TypeDoc's pages: the site's policy, its colours, and its other pages in the head. */
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Application, Reflection } from "typedoc";
import { policy } from "../site/policy.ts";

const themeScript = fileURLToPath(new URL("theme.js", import.meta.url));

/** The site's other pages by what the head calls them, as addresses from the documentation's folder. */
export type SiteLinks = Readonly<Record<string, string>>;

/** TypeDoc chooses light or dark in a script within the page, which the policy forbids: `theme.js` does it instead. */
const INLINE = /<script>document\.documentElement\.dataset\.theme.*?<\/script>/s;

/** Has documents lie where they lie among the sources, whatever they are called. */
export async function placeDocuments(app: Application): Promise<void> {
  const { KindRouter } = await import("typedoc");
  class Router extends KindRouter {
    protected override getIdealBaseName(reflection: Reflection): string {
      const { at } = reflection.isDocument() ? reflection.frontmatter : {};
      return typeof at === "string" ? at : super.getIdealBaseName(reflection);
    }
  }
  app.renderer.defineRouter("graft", Router);
  app.options.setValue("router", "graft");
}

/** Changes pages as they are written. */
export async function finishPages(app: Application, site: SiteLinks): Promise<void> {
  const { PageEvent } = await import("typedoc");
  app.renderer.on(PageEvent.END, (page) => {
    if (!page.contents) return;
    const root = "../".repeat(page.url.split("/").length - 1);
    page.contents = finished(page.contents, root, site);
  });
}

/** Changes the scripts beside the pages, once all is written. */
export async function finishScripts(out: string): Promise<void> {
  await copyFile(themeScript, join(out, "assets/theme.js"));
  const script = join(out, "assets/main.js");
  await writeFile(script, withoutStyle(await readFile(script, "utf8")));
}

/** The script's own style hides what is filtered. There are no filters here, and the policy forbids even an empty one. */
function withoutStyle(script: string): string {
  const style = 'document.createElement("style")';
  const added = `document.head.appendChild(${style})`;
  if (!script.includes(added)) throw new Error("TypeDoc's script makes no style any more");
  return script.replace(added, style);
}

function finished(html: string, root: string, site: SiteLinks): string {
  if (!INLINE.test(html))
    throw new Error("TypeDoc's pages choose their colours in another way now");
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}"/>`;
  const links = Object.entries(site).map(([name, to]) => `<a href="${root}${to}">${name}</a>`);
  return html
    .replace('<meta charset="utf-8"/>', `<meta charset="utf-8"/>${meta}`)
    .replace('<div class="col-content">', '<div class="col-content" role="main">')
    .replace(
      '<div class="page-menu">',
      '<div class="page-menu" role="complementary" aria-label="On this page">',
    )
    .replace(/ style="text-align:(\w+)"/g, ' class="aligned-$1"') // columns of tables
    .replace(INLINE, `<script src="${root}assets/theme.js"></script>`)
    .replace(
      '<div id="tsd-toolbar-links"></div>',
      `<div id="tsd-toolbar-links">${links.join("")}</div>`,
    );
}
