import "./style.css";
import { type ComponentChild, render } from "preact";
import { startLanguage } from "./language.ts";
import { startTheme } from "./theme.ts";

/** Puts a page into the document, and has it kept for when there is no network. */
export function startPage(view: ComponentChild): void {
  startLanguage();
  startTheme();
  const place = document.getElementById("page");
  if (!place) throw new Error('the document has no element "page"');
  render(view, place);
  keepOffline();
}

/** Scripts of the built site lie in a folder below its root; the service worker lies in the root, whose files are its own. */
function keepOffline(): void {
  const script = import.meta.url;
  if (!("serviceWorker" in navigator) || !script.includes("/assets/")) return;
  const root = new URL("../", script);
  // Where storage is forbidden or full, the page works as long as there is a network.
  navigator.serviceWorker.register(new URL("service_worker.js", root)).catch(() => {});
}
