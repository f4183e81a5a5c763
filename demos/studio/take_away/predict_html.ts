/** Nothing comes into the page, and nothing goes out of it. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src blob: data:";

const STYLE = `
:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif; }
body { max-width: 34rem; margin: 3rem auto; padding: 0 1.25rem; }
img { display: block; max-width: 100%; max-height: 20rem; margin: 1.25rem 0; border-radius: 12px; }
ul { padding: 0; list-style: none; }
li { display: grid; grid-template-columns: 10rem 1fr 4.5rem; gap: 1rem; align-items: center; padding: .3rem 0; overflow-wrap: anywhere; }
li:first-child { font-weight: 700; }
meter { width: 100%; }
`;

export interface PredictPage {
  /** The bundled script: see `predict_page.ts`. */
  readonly script: string;
  /** The network as safetensors. */
  readonly network: Uint8Array;
  readonly language: string;
  readonly title: string;
  readonly hint: string;
  readonly loading: string;
}

/** A page that predicts, whole in one file. */
export function predictHtml({
  script,
  network,
  language,
  title,
  hint,
  loading,
}: PredictPage): string {
  return `<!doctype html>
<html lang="${inMarkup(language)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${inMarkup(title)}</title>
<style>${STYLE}</style>
<main>
<h1>${inMarkup(title)}</h1>
<p><label>${inMarkup(hint)}<br><input id="file" type="file" accept="image/*" disabled></label></p>
<img id="picture" alt="" hidden>
<ul id="ranking" aria-live="polite"></ul>
<p id="status" role="status">${inMarkup(loading)}</p>
</main>
<script type="text/plain" id="network">${base64(network)}</script>
<script type="module">${inScript(script)}</script>
</html>
`;
}

const inMarkup = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** What would end the element, or begin one that it can't end in, is written otherwise. */
const inScript = (script: string) => script.replace(/<(?=\/script|script|!--)/gi, "\\x3c");

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // As many at a time as are taken as arguments, in threes: each part then stands for itself.
  for (let at = 0; at < bytes.length; at += 3 * 8192) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 3 * 8192))));
  }
  return parts.join("");
}
