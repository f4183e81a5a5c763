let version = 0;

/** Changes whenever something changes that a captured step was recorded with: what is trainable, modes, layers. */
export function structureVersion(): number {
  return version;
}

export function structureChanged(): void {
  version++;
}
