import { expect, it } from "vitest";
import {
  byteRate,
  bytes,
  count,
  flopRate,
  percent,
  roughTime,
  seconds,
  times,
} from "../../bench/report/format.ts";

it.each([
  [seconds(12.34), "12.3 s"],
  [seconds(1.234), "1.23 s"],
  [seconds(0.0456), "45.6 ms"],
  [seconds(0.0000078), "7.80 µs"],
  [seconds(0), "0 s"],
  [seconds(-0.5), "-500 ms"],
  [flopRate(9.87e9), "9.87 GFLOP/s"],
  [flopRate(2.5e5), "0.25 MFLOP/s"],
  [flopRate(4.2e13), "42.0 TFLOP/s"],
  [byteRate(3.21e9), "3.21 GB/s"],
  [bytes(999), "999 B"],
  [bytes(59_000_000), "59.0 MB"],
  [percent(0.834), "83.4 %"],
  [times(7.123), "7.12×"],
  [times(123.4), "123×"],
  [count(1234.4), "1,234"],
  [roughTime(2), "5 s"],
  [roughTime(41), "45 s"],
  [roughTime(720), "12 min"],
  [roughTime(4800), "80 min"],
  [roughTime(7300), "2 h 2 min"],
])("%s", (found, expected) => {
  expect(found).toBe(expected);
});
