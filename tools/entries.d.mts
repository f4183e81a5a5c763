export const ownNames: Readonly<Record<string, string>>;
export function sourceAliases(repository: string): { find: RegExp; replacement: string }[];
