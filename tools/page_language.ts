/**
 * Imported before uPlot, which formats numbers for `navigator.language` when it loads: on a machine
 * with the POSIX locale, Chromium calls that "en-US@posix", and `Intl` refuses it.
 */
try {
  Intl.getCanonicalLocales(globalThis.navigator?.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en-US" });
}
