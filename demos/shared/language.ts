import { signal } from "@preact/signals";

export const LANGUAGES = { en: "English", zh: "中文" } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT_AS = "graft-language";

/** The language that pages speak; components that read a text are drawn again when it changes. */
export const language = signal<Language>("en");

const isLanguage = (name: string | null): name is Language => name !== null && name in LANGUAGES;

/** The language asked for by the address ("?lang=zh"), chosen before, or the browser's own. */
export function startLanguage(): void {
  const asked = new URLSearchParams(location.search).get("lang");
  const kept = localStorage.getItem(KEPT_AS);
  const own = navigator.languages.some((name) => name.startsWith("zh")) ? "zh" : "en";
  speak([asked, kept].find(isLanguage) ?? own);
}

export function chooseLanguage(name: string): void {
  if (!isLanguage(name)) return;
  localStorage.setItem(KEPT_AS, name);
  speak(name);
}

function speak(name: Language): void {
  language.value = name;
  document.documentElement.lang = name === "zh" ? "zh-Hans" : name;
}

/** A text, or one that says something of its arguments. */
type Text = string | ((...values: never[]) => string);
type Table = Readonly<Record<string, Text>>;
export interface Texts<T extends Table> {
  /** The table of the language that is spoken now. */
  (): T;
  readonly tables: Readonly<Record<Language, T>>;
}

/**
 * The texts of a page, once in each language. That none is missing is checked by the compiler, and that none was
 * forgotten to be translated by `test/demos/texts.test.ts`.
 *
 * @example
 * export const text = defineTexts({ en: { left: (s: number) => `${s} s left` }, zh: { left: (s) => `还剩 ${s} 秒` } });
 * <p>{text().left(12)}</p>
 */
export function defineTexts<T extends Table>(tables: { en: T; zh: NoInfer<T> }): Texts<T> {
  return Object.assign(() => tables[language.value], { tables });
}
