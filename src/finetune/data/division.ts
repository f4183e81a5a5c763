import { messageOf } from "../../base/index.ts";
import { type Dataset, type Groups, perClass, split } from "../../data/index.ts";
import { SettingError } from "../errors.ts";
import type { FinetuneSettings } from "../settings/index.ts";
import { plural, some } from "../text.ts";
import { openData } from "./open.ts";
import type { DataSource, OpenedData, OpenOptions } from "./types.ts";

/** What is said of classes that have too few pictures to learn from, or none to be judged by. */
export function thinClasses(
  classes: readonly string[],
  train: Dataset,
  validation: Dataset,
  labelsOf?: OpenedData["labelsOf"],
): string[] {
  const having = (set: Dataset, count: number) => {
    const counts = labelsOf ? labelCounts(set, classes, labelsOf) : countsOf(set, classes.length);
    return counts ? classes.filter((_, i) => counts[i] === count) : [];
  };
  const texts: string[] = [];
  const add = (names: readonly string[], what: string) => {
    if (names.length > 0) texts.push(`${what} ${some(names)}`);
  };
  add(having(train, 0), "no picture is left to train on of");
  add(having(train, 1), "only one picture to train on of");
  add(having(validation, 0), "no picture to validate with of");
  return texts;
}

/** The classes of which a dataset holds no pictures. */
export function absentClasses(set: Dataset): string[] {
  const { classes = [] } = set;
  const counts = countsOf(set, classes.length);
  return counts ? classes.filter((_, i) => counts[i] === 0) : [];
}

/** How many pictures have each of several labels; null where those of some aren't known before they are read. */
function labelCounts(
  set: Dataset,
  classes: readonly string[],
  labelsOf: NonNullable<OpenedData["labelsOf"]>,
): number[] | null {
  const counts = classes.map(() => 0);
  for (let i = 0; i < set.length; i++) {
    const labels = labelsOf(set.nameOf?.(i) ?? "");
    if (!labels) return null;
    for (const c of counts.keys()) counts[c] += labels[c]!;
  }
  return counts;
}

/** Of each class; null where labels aren't known before pictures are read. */
function countsOf({ labels }: Dataset, classes: number): number[] | null {
  if (!labels) return null;
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  return counts;
}

/** Training and validation part. */
export async function parts(
  source: OpenedData,
  settings: FinetuneSettings,
  open: OpenOptions,
): Promise<[Dataset, Dataset]> {
  const { valSplit, seed = 0 } = settings;
  const apart = settings.validation
    ? await openValidation(settings.validation, source, open)
    : valSplit === undefined
      ? source.validation
      : null;
  const [whole, validation] = apart
    ? [source.train, apart]
    : heldOut(source, valSplit ?? 0.2, seed, groupsBy(settings.groupBy));
  if (source.several && settings.perClass !== undefined)
    throw new SettingError("{perClass}: pictures with any number of labels aren't of one class");
  const limited = settings.perClass !== undefined && source.kind !== "glyphs";
  return [limited ? perClass(whole, settings.perClass, { seed }) : whole, validation];
}

/** Pictures whose names don't match stand alone. @throws SettingError for what is no regular expression. */
function groupsBy(pattern: string | undefined) {
  if (pattern === undefined) return undefined;
  try {
    const expression = new RegExp(pattern);
    return (index: number, name = String(index)) => expression.exec(name)?.[0] ?? name;
  } catch (cause) {
    throw new SettingError(`{groupBy} ${pattern}: ${messageOf(cause)}`, { cause });
  }
}

function heldOut(
  { train, name, several = false }: OpenedData,
  share: number,
  seed: number,
  groups: Groups | undefined,
): [Dataset, Dataset] {
  try {
    return split(train, [1 - share, share], { seed, stratify: !several, groups });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new SettingError(
      `${name}: ${plural(train.length, "picture")} are too few to hold out a share of ${share} for validation: add some, ` +
        "or name others with {validation}",
      { cause },
    );
  }
}

/** Class numbers must mean the same as in training, also where a folder has fewer or more classes. */
async function openValidation(
  given: DataSource,
  { kind, train, several = false }: OpenedData,
  open: OpenOptions,
): Promise<Dataset> {
  const opened = await openData(given, { ...open, classes: train.classes, several });
  if (opened.kind === kind) return opened.train;
  throw new SettingError(
    `{validation} ${opened.name}: ${opened.kind} data, but the training data is ${kind}: they must be of one kind`,
  );
}

export function classNames({ train, name, several }: OpenedData): readonly string[] {
  const { classes } = train;
  if (!classes) throw new SettingError(`${name}: its classes have no names`);
  if (classes.length > 1 || several) return classes;
  throw new SettingError(
    `${name}: only one class, ${classes[0]}: there is nothing to tell apart; give each class a folder of its own`,
  );
}
