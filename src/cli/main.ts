#!/usr/bin/env node
/** The `graft` command; `npm start` runs it from its sources. */
import "../node.ts";
import { runCommand } from "./program.ts";
import { surviveClosedOutputs } from "./terminal/closed_outputs.ts";
import { divertNativeMessages } from "./terminal/native_messages.ts";

divertNativeMessages();
surviveClosedOutputs();
process.exitCode = await runCommand(process.argv.slice(2));
