import { afterEach, expect, it, vi } from "vitest";
import { withInterrupt } from "../../src/cli/interrupt.ts";

afterEach(() => vi.restoreAllMocks());

it("one wish to stop may come as two signals; another one later ends the process at once", async () => {
  const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as never);
  const now = vi.spyOn(performance, "now").mockReturnValue(1000);
  const stopping = vi.fn();
  await withInterrupt(async (signal) => {
    process.emit("SIGINT");
    now.mockReturnValue(1040);
    process.emit("SIGINT");
    process.emit("SIGHUP");
    expect(signal.aborted).toBe(true);
    expect(stopping).toHaveBeenCalledTimes(1);
    expect(exit).not.toHaveBeenCalled();
    now.mockReturnValue(3000);
    process.emit("SIGINT");
    expect(exit).toHaveBeenCalledWith(130);
  }, stopping);
});
