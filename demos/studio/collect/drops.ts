import { studio } from "../studio.ts";
import { takeIn } from "./actions.ts";
import { fromDrop, fromInput } from "./incoming.ts";

/** Where dropped and pasted pictures go: to the class that they are dropped on, or that was worked on last. */
let current: string | null = null;

export function workOn(classId: string): void {
  current = classId;
}

/** A view that takes pictures for itself while it is shown, such as the one that predicts. */
let taker: ((files: readonly File[]) => boolean) | null = null;

/** @param take false leaves them to be collected. @returns ends it. */
export function takeDrops(take: (files: readonly File[]) => boolean): () => void {
  taker = take;
  return () => {
    if (taker === take) taker = null;
  };
}

/** Takes whatever is dropped on the page, wherever that is, and what is pasted. */
export function watchDrops(): void {
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    markTarget(event);
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) markTarget(null);
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const onto = classAt(event);
    markTarget(null);
    const { dataTransfer } = event;
    if (!dataTransfer) return;
    const loose = [...dataTransfer.files];
    if (onto === undefined && taker?.(loose)) return;
    void fromDrop(dataTransfer.items).then((files) => takeIn(files, onto));
  });
  document.addEventListener("paste", ({ clipboardData }) => {
    const files = clipboardData?.files;
    if (!files || files.length === 0 || taker?.([...files])) return;
    void takeIn(fromInput(files), classToPaste());
  });
}

function classToPaste(): string | undefined {
  const { classes } = studio.project.value;
  return classes.find(({ id }) => id === current)?.id ?? classes[0]?.id;
}

const cardAt = ({ target }: Event) =>
  target instanceof Element ? target.closest<HTMLElement>("[data-class]") : null;
const classAt = (event: Event) => cardAt(event)?.dataset.class;

/** Shows where it would go. */
function markTarget(event: Event | null): void {
  for (const marked of document.querySelectorAll(".over")) marked.classList.remove("over");
  if (event) (cardAt(event) ?? document.querySelector(".drop"))?.classList.add("over");
}
