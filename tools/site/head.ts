import { posix } from "node:path";
import type { Plugin } from "vite";

/** Puts what all pages have alike into their heads; each brings its title and description. */
export function headPlugin(): Plugin {
  return {
    name: "heads of pages",
    transformIndexHtml: {
      order: "pre", // the icon is then bundled like a page's own
      handler: (_, { path }) => {
        const icon = `${posix.relative(posix.dirname(path), "/") || "."}/shared/icon.svg`;
        const viewport = "width=device-width, initial-scale=1";
        return [
          { tag: "meta", attrs: { charset: "utf-8" }, injectTo: "head-prepend" },
          { tag: "meta", attrs: { name: "viewport", content: viewport } },
          // Until the page is drawn, which sets the colours that were chosen.
          { tag: "meta", attrs: { name: "color-scheme", content: "light dark" } },
          { tag: "link", attrs: { rel: "icon", href: icon } },
        ];
      },
    },
  };
}
