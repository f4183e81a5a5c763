import type { Plugin } from "vite";

/** What pages may load and run: their own files, and what they make themselves. */
const policyWith = (connections: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    `connect-src 'self' blob:${connections}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

/** Nothing can leave the tab. */
export const policy = policyWith("");
/** Weights are fetched from where the visitor says. */
const studioPolicy = policyWith(" https:");

/** The policy of a page, or of a worker's script. @param path below the site's root. */
export function policyOf(path: string): string {
  return path.startsWith("studio/") ? studioPolicy : policy;
}

/** Puts the policy into every page's head, so that it holds whatever server shows them. */
export function policyPlugin(): Plugin {
  return {
    name: "content security policy",
    transformIndexHtml: (_, { path }) => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: policyOf(path.slice(1)) },
        injectTo: "head-prepend",
      },
    ],
  };
}
