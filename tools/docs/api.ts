/** The reference, made by TypeDoc from the docstrings of what the package exports. */
import { fileURLToPath } from "node:url";
import type { Application, DeclarationReflection, ProjectReflection } from "typedoc";
import { ownNames } from "../entries.mjs";

const repository = fileURLToPath(new URL("../..", import.meta.url));
/** `webgraft` has all of `webgraft/core`. */
const entries = Object.entries(ownNames).filter(([name]) => name !== "webgraft/core");

export interface Pages {
  readonly home: string;
  readonly paths: readonly string[];
}

/** TypeDoc with the package's sources and the documents. */
export async function openApplication({ home, paths }: Pages): Promise<Application> {
  const { Application } = await import("typedoc");
  return Application.bootstrap({
    name: "Graft",
    readme: home,
    projectDocuments: [...paths],
    entryPoints: entries.map(([, path]) => repository + path),
    sortEntryPoints: false,
    headings: { readme: false, document: false }, // their own stand in the texts
    groupOrder: ["Guides", "中文", "Examples", "Modules"],
    sort: ["documents-first", "alphabetical-ignoring-documents"],
    tsconfig: `${repository}tsconfig.build.json`,
    basePath: repository,
    skipErrorChecking: true, // the compiler here is another one, and `npm run check` asks it
    disableSources: true,
    hideGenerator: true,
    excludeExternals: true,
    excludePrivate: true,
    excludeProtected: true,
    includeHierarchySummary: false,
    searchInDocuments: true,
    githubPages: true,
    favicon: `${repository}demos/shared/icon.svg`,
    visibilityFilters: {}, // they work by a style within the page, which the policy forbids
    customCss: `${repository}tools/docs/style.css`,
    lightHighlightTheme: "github-light-high-contrast",
    darkHighlightTheme: "github-dark-high-contrast",
    navigation: { includeGroups: true, includeCategories: false, includeFolders: false },
    validation: {
      notExported: false,
      notDocumented: false, // see `undocumented`
      invalidLink: true,
      invalidPath: true,
      rewrittenLink: true,
    },
    logLevel: "Warn",
  });
}

/** Reads the sources. @throws Error where TypeDoc complains of a link, a tag or a file. */
export async function readProject(app: Application): Promise<ProjectReflection> {
  const project = await app.convert();
  if (!project) throw new Error("TypeDoc could not read the sources");
  app.validate(project);
  refuseWarnings(app);
  return project;
}

export function refuseWarnings(app: Application): void {
  if (app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error("TypeDoc complained, as above");
}

/**
 * What users can name and no docstring says a word of: functions, classes, variables, types, and entries. An options
 * type may do without, since its members say what they are.
 */
export function undocumented(project: ProjectReflection): string[] {
  const found: string[] = [];
  const visit = (reflection: DeclarationReflection) => {
    if (reflection.isReference()) return;
    const { name, signatures, children } = reflection;
    const said = [reflection, ...(signatures ?? [])].some((part) => part.hasComment());
    if (!said && !/(Options|Config)$/.test(name)) found.push(reflection.getFriendlyFullName());
    const isModule = [2, 4].includes(reflection.kind); // Module, Namespace
    if (isModule) for (const child of children ?? []) visit(child);
  };
  for (const child of project.children ?? []) visit(child);
  return found;
}
