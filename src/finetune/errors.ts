/** How somebody calls a setting: a person who types says "--batch-size", a program "batchSize". */
export type Naming = (setting: string) => string;

/**
 * An error that names settings. In its text they stand as `{batchSize}`, so that a command or a page can say it in
 * its own words: see `wordsWith`. In `message`, settings are called by their names.
 */
export class WordedError extends Error {
  override readonly name: string = "WordedError";

  constructor(
    readonly text: string,
    options?: ErrorOptions,
  ) {
    super(
      worded(text, (setting) => setting),
      options,
    );
  }

  /** The message with settings called as `naming` does. */
  wordsWith(naming: Naming): string {
    return worded(this.text, naming);
  }
}

/** Settings that can't be carried out as they stand: nothing was begun. */
export class SettingError extends WordedError {
  override readonly name = "SettingError";
}

/** A text in which settings stand as `{name}`, with their names as `naming` gives them. */
export function worded(text: string, naming: Naming): string {
  return text.replace(/\{([a-z][A-Za-z]*)\}/g, (_, setting) => naming(setting));
}
