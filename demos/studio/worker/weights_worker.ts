/**
 * Fetches weights for the studio, in a worker of its own: it alone connects to other sites, asks them for nothing but the
 * files, and is ended to cancel.
 */
import { messageOf } from "../../../src/base/index.ts";
import { WeightFileError } from "../../../src/formats/index.ts";
import { DownloadError } from "../../../src/platform/index.ts";
import { fetchWeightFiles } from "../../../src/transfer/index.ts";
import type { FetchNews, FetchProblem } from "./messages.ts";

const send = (news: FetchNews) => self.postMessage(news, {});

self.onmessage = async ({ data: from }: MessageEvent<string>) => {
  try {
    const onProgress = (done: number, total: number) => send({ kind: "progress", done, total });
    const fetched = await fetchWeightFiles(from, { retries: 1, onProgress });
    const files = [...fetched].flatMap(([name, file]) =>
      file instanceof Blob ? [new File([file], name)] : [],
    );
    send({ kind: "files", files });
  } catch (error) {
    send({ kind: "problem", problem: problemOf(error) });
  }
};

function problemOf(error: unknown): FetchProblem {
  const cause = error instanceof Error ? error.cause : undefined;
  const unread = [error, cause].find((one) => one instanceof WeightFileError);
  if (unread) return { kind: "notWeights", why: messageOf(unread) };
  const why = messageOf(error);
  if (!(error instanceof DownloadError)) return { kind: "other", why };
  if (error.status !== null) return { kind: "refused", why: String(error.status) };
  if (error.isWrong) return { kind: "wrong", why };
  return { kind: error.cause instanceof TypeError ? "unreachable" : "other", why };
}
