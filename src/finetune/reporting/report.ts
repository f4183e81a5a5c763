import { messageOf } from "../../base/index.ts";
import { labelsOf } from "../../data/index.ts";
import { worstMistakes } from "../../explain/index.ts";
import type { Module } from "../../nn/index.ts";
import { platform } from "../../platform/index.ts";
import {
  type MistakePicture,
  type MistakeReport,
  type ReportData,
  reportHtml,
} from "../../report/index.ts";
import { type Evaluation, predict } from "../../train/index.ts";
import type { OpenedData } from "../data/types.ts";
import { SettingError } from "../errors.ts";
import type { ReportedEvent } from "../events.ts";
import { answersOf } from "../labels/answers.ts";
import { beside, ending, stem } from "../places.ts";
import { calibrationOf, figuresOf } from "./figures.ts";
import { labelFiguresOf, labelMistakes, precisionRecallOf } from "./labels.ts";
import { type AskedPicture, type PictureSource, picturesOf } from "./pictures.ts";

/** What a report is about. */
export interface ReportSubject extends PictureSource {
  readonly model: Module;
  readonly evaluation: Evaluation;
  readonly batchSize: number;
  /** Of a network with several labels a picture. */
  readonly thresholds: readonly number[] | undefined;
  /** What is told of it beside what is measured here. */
  readonly told: Pick<ReportData, "title" | "facts" | "comparison" | "epochs" | "command"> & {
    readonly settings: object;
  };
}

/** Mistakes that are shown. */
const MISTAKES = 12;

/** @throws SettingError before any work is done, when no report can be written there. */
export async function checkReport(path: string): Promise<void> {
  if (![".html", ".htm"].includes(ending(path)))
    throw new SettingError(
      `{report} ${path}: a report is a page; name a file that ends with .html`,
    );
  const { disk } = platform();
  if (!disk) throw new SettingError("{report}: a page has no folder to write a report to");
  try {
    const folder = disk.path.dirname(path);
    await disk.makeFolder(folder);
    await disk.checkWritable(folder);
  } catch (cause) {
    throw new SettingError(`{report} ${path}: ${messageOf(cause)}`, { cause });
  }
}

/** Measures, and writes a page and, under the same name, its numbers as JSON. @returns where both are. */
export async function writeReport(path: string, subject: ReportSubject): Promise<ReportedEvent> {
  const { data, pictures } = await makeReport(subject);
  const name = /(^|\.)report$/.test(stem(path)) ? stem(path) : `${stem(path)}.report`; // "model.json" may be a network
  const json = beside(path, `${name}.json`);
  await write(json, `${JSON.stringify(data, null, 1)}\n`);
  await write(path, reportHtml(data, pictures));
  return { type: "reported", html: path, json };
}

async function makeReport(subject: ReportSubject): Promise<{
  data: ReportData;
  pictures: MistakePicture[];
}> {
  const { model, told, ...source } = subject;
  const { mistakes, ...found } = await (subject.thresholds
    ? foundOfLabels(subject, subject.thresholds)
    : foundOfClasses(subject));
  const data = {
    ...told,
    settings: plain(told.settings),
    made: new Date().toISOString(),
    ...found,
    mistakes: mistakes.map(({ index, asked: _, ...mistake }) => ({
      name: shortName(source.set.nameOf?.(index)),
      ...mistake,
    })),
  };
  return { data, pictures: await picturesOf(model, source, mistakes) };
}

/** What is found out by asking the network about every picture. */
type Found = Omit<ReportData, keyof ReportSubject["told"] | "made" | "mistakes"> & {
  readonly mistakes: readonly (AskedPicture & Omit<MistakeReport, "name">)[];
};

async function foundOfLabels(
  { model, set, transform, batchSize, evaluation: { classes } }: ReportSubject,
  thresholds: readonly number[],
): Promise<Found> {
  const answers = await answersOf(model, set, { transform, batchSize });
  const { figures, perClass } = labelFiguresOf(answers, thresholds, classes);
  return {
    ...{ figures, perClass, classes, confusionMatrix: [], calibration: null },
    precisionRecall: precisionRecallOf(answers, perClass),
    mistakes: labelMistakes(answers, thresholds, classes, MISTAKES),
  };
}

async function foundOfClasses({
  model,
  evaluation,
  batchSize,
  set,
  transform,
}: ReportSubject): Promise<Found> {
  const { classes, confusionMatrix } = evaluation;
  const predictions = await predict(model, set, { transform, batchSize });
  const answers = { labels: labelsOf(set), predictions, classes };
  const mistakes = worstMistakes(answers.labels, predictions, { count: MISTAKES });
  return {
    ...figuresOf(answers),
    ...{ classes, confusionMatrix },
    calibration: calibrationOf(answers),
    mistakes: mistakes.map(({ index, label, prediction }) => ({
      ...{ index, asked: prediction.label },
      label: classes[label] ?? String(label),
      probabilityOfLabel: prediction.probabilities[label]!,
      predicted: classes[prediction.label] ?? String(prediction.label),
      probability: prediction.probability,
    })),
  };
}

/** "MNIST digits", "image folder photos" */
export function dataText({ kind, name }: Pick<OpenedData, "kind" | "name">): string {
  return kind === "glyphs" ? `${name}, drawn by the program` : `${kind} ${name}`;
}

/** "ants/17.jpg" of a path. */
function shortName(name: string | undefined): string | null {
  return name === undefined ? null : name.split(/[\\/]/).slice(-2).join("/");
}

/** Settings as text and numbers; of files and datasets that a program gave, only that it did. */
function plain(settings: object): Record<string, unknown> {
  const isPlain = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.every(isPlain)
      : typeof value !== "object" && typeof value !== "function";
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name, isPlain(value) ? value : "given by a program"]),
  );
}

function write(path: string, text: string): Promise<void> {
  return platform().writeFileAtomic(path, new TextEncoder().encode(text));
}
