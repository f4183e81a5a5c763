import { messageOf } from "../../src/base/index.ts";
import { fromDrop, fromInput, type Pictures } from "./folder.ts";
import { element, input } from "./page.ts";

/** Wires the place where a folder can be dropped or chosen; `taken` gets null for one that won't do. */
export function setUpPictures(taken: (pictures: Pictures | null) => void): void {
  const drop = element("drop", HTMLElement);
  const folder = input("folder");
  const take = (read: () => Promise<Pictures> | Pictures) => void show(read).then(taken);
  folder.addEventListener("change", () => {
    const { files } = folder;
    if (files && files.length > 0) take(() => fromInput(files));
  });
  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
    drop.addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", type === "dragenter" || type === "dragover");
    });
  }
  drop.addEventListener("drop", ({ dataTransfer }) => {
    if (dataTransfer) take(() => fromDrop(dataTransfer.items));
  });
}

async function show(read: () => Promise<Pictures> | Pictures): Promise<Pictures | null> {
  const shown = element("classes", HTMLElement);
  try {
    const pictures = await read();
    const list = Object.entries(pictures).map(([name, files]) => `${name} (${files.length})`);
    shown.textContent = list.join(", ");
    return pictures;
  } catch (error) {
    shown.textContent = messageOf(error);
    return null;
  }
}
