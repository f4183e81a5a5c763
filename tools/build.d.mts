/** Builds dist/ for Node and bundlers, without declarations, into a folder given absolutely or relative to the repository. */
export function buildModules(outdir: string): Promise<void>;
