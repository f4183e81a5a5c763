/** The same shader in fewer bytes. */
export function minifyWgsl(source: string): string;
