// Before each test of a *.gpu.test.ts file: it draws the same random numbers at each run, alone or after others, so that
// what fails once fails again. Apart from gpu_setup.ts, which processes without a test runner import, too.
import { beforeEach } from "vitest";
import { manualSeed } from "../src/kernels/index.ts";

beforeEach(() => manualSeed(0));
