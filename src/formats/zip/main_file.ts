/** A network's main file in an archive that somebody packed: a manifest before the files that it stands for. */
export const MAIN_FILES: readonly RegExp[] = [
  /(^|\/)model\.json$/i,
  /\.(h5|hdf5|keras|onnx|safetensors|pth?)$/i,
];

/** Whether a name in an archive may be a network's main file. macOS adds a companion file to each ("__MACOSX/…"), which is none. */
export function isMainFile(name: string): boolean {
  return !/(^|\/)(__MACOSX\/|\.)/.test(name) && MAIN_FILES.some((pattern) => pattern.test(name));
}
