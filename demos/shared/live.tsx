import { signal } from "@preact/signals";

const said = signal("");

/** Has a screen reader say something that changed elsewhere on the page than where its user is. */
export function announce(text: string): void {
  said.value = text;
}

/** Where it stands, once on every page. */
export function LiveRegion() {
  return (
    <div class="unseen" role="status" aria-live="polite" id="live">
      {said.value}
    </div>
  );
}
