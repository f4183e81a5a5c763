import { sizeOf } from "../../base/index.ts";
import { linearGrid } from "../../gpu/index.ts";
import type { NDArray } from "../array.ts";

const WORKGROUP = 64;
/** Values a thread should at least have, and at most, so that its sums keep their digits. */
const LEAST = 16;
const MOST = 4096;
/** Workgroups that keep a large GPU busy. */
const ENOUGH = 1024;
/** More shares would take one thread too long to merge. */
const MOST_SHARES = 64;

/** Of the workgroups that have a channel each. */
export const CHANNEL_WORKGROUP = 256;
/** Values of a channel that one workgroup reads twice in less time than more launches take. */
const MOST_OF_CHANNEL = 32768;

/** x as [batch, channels, inner]. */
export function sizesOf(x: NDArray) {
  const channels = x.shape[1]!;
  const inner = sizeOf(x.shape.slice(2));
  return { channels, inner, count: x.shape[0]! * inner };
}

/** Whether a workgroup is to have a whole channel: where its threads can wait for each other, and read side by side. */
export function isByChannel(x: NDArray): boolean {
  const { inner, count } = sizesOf(x);
  return x.storage.device.profile.cheapBarriers && inner >= 16 && count <= MOST_OF_CHANNEL;
}

/**
 * How a channel's values are shared out: between workgroups, or between threads side by side along the channels, where rows are
 * so short that the threads of a workgroup would read far apart and there are some channels. So are sums on processors, whose
 * threads wait for each other longest; moments aren't, as a thread of few values keeps its digits when the first is an outlier.
 */
export function layoutOf(x: NDArray, what: "sums" | "moments") {
  const { channels, inner, count } = sizesOf(x);
  const isShort = inner < 16 && channels >= 16;
  const isAlone = what === "sums" && !x.storage.device.profile.cheapBarriers;
  const lanes = isShort || isAlone ? 1 : WORKGROUP;
  const enough = Math.ceil((ENOUGH * WORKGROUP) / lanes / channels);
  const wanted = Math.min(Math.ceil(count / (LEAST * lanes)), enough, MOST_SHARES);
  const share = Math.ceil(count / Math.max(wanted, Math.ceil(count / (MOST * lanes))));
  const shares = Math.ceil(count / share);
  const groups = linearGrid(shares * channels, WORKGROUP / lanes);
  return { channels, inner, count, shares, share, lanes, groups };
}
