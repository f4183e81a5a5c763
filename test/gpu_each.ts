// Of each *.gpu.test.ts file, apart from gpu_setup.ts, which processes without a test runner import, too: before a test
// the same random numbers at each run, alone or after others, so that what fails once fails again; at the end the
// device's memory back, for the process goes on with another file and another device.
import { afterAll, beforeEach } from "vitest";
import { currentDevice } from "../src/gpu/index.ts";
import { manualSeed } from "../src/kernels/index.ts";

const device = currentDevice();

beforeEach(() => manualSeed(0));
afterAll(() => device.destroy());
