/**
 * Has the process outlive its terminal: `graft | head`, or a closed window, closes what it prints to, and a training of
 * hours must not end by it. What is printed from then on is lost; everything else is an error as before.
 */
export function surviveClosedOutputs(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (!isClosed(error)) throw error;
    });
  }
}

/** EPIPE: whoever read is gone. EIO: the terminal is. */
function isClosed(error: Error): boolean {
  return "code" in error && ["EPIPE", "EIO", "ERR_STREAM_DESTROYED"].includes(String(error.code));
}
