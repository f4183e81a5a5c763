/** Builds dist/ for Node and bundlers into a folder, given absolutely or relative to the repository. */
export function buildNode(outdir: string): Promise<void>;
