/** The element of this kind with this id. @throws Error when the page has none. */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} "${id}"`);
}

export const input = (id: string): HTMLInputElement => element(id, HTMLInputElement);
